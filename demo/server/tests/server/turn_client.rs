//! A TURN client (RFC 8656), as a browser has one: over UDP or TCP, with long-term credentials.

use crate::support::PATIENCE;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use turn_server_proto::types::attribute::{
    ChannelNumber, Data, Lifetime, RequestedTransport, XorPeerAddress, XorRelayedAddress,
};
use turn_server_proto::types::message::{
    ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, DATA, REFRESH, SEND,
};
use turn_server_proto::types::stun::attribute::{
    AttributeStaticType as _, AttributeWrite, ErrorCode, Nonce, Realm, Username, XorMappedAddress,
};
use turn_server_proto::types::stun::message::{
    BINDING, IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass,
    MessageIntegrityCredentials, MessageType, MessageWrite as _, MessageWriteExt as _,
    MessageWriteVec, Method, TransactionId,
};

enum Wire {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

pub(crate) struct TurnClient {
    wire: Wire,
    username: String,
    password: String,
    challenge: Option<(String, String)>,
}

impl TurnClient {
    pub(crate) async fn udp(server: SocketAddr, username: &str, password: &str) -> Self {
        let socket = UdpSocket::bind((server.ip(), 0)).await.unwrap();
        socket.connect(server).await.unwrap();
        Self::new(Wire::Udp(socket), username, password)
    }

    pub(crate) async fn tcp(server: SocketAddr, username: &str, password: &str) -> Self {
        Self::new(Wire::Tcp(TcpStream::connect(server).await.unwrap()), username, password)
    }

    fn new(wire: Wire, username: &str, password: &str) -> Self {
        Self { wire, username: username.to_owned(), password: password.to_owned(), challenge: None }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        match &self.wire {
            Wire::Udp(socket) => socket.local_addr().unwrap(),
            Wire::Tcp(stream) => stream.local_addr().unwrap(),
        }
    }

    /// Our address as the server sees it: STUN's own question.
    pub(crate) async fn binding(&mut self) -> SocketAddr {
        let request = Message::builder_request(BINDING, MessageWriteVec::new()).finish();
        self.send_frame(&request).await;
        let answer = self.frame().await;
        let answer = Message::from_bytes(&answer).unwrap();
        answer.attribute::<XorMappedAddress>().unwrap().addr(answer.transaction_id())
    }

    /// The relayed address, or the error's code.
    pub(crate) async fn allocate(&mut self) -> Result<SocketAddr, u16> {
        let answer = self
            .request(ALLOCATE, |_| vec![Box::new(RequestedTransport::new(RequestedTransport::UDP))])
            .await?;
        let answer = Message::from_bytes(&answer).unwrap();
        Ok(answer.attribute::<XorRelayedAddress>().unwrap().addr(answer.transaction_id()))
    }

    pub(crate) async fn permit(&mut self, peer: SocketAddr) -> Result<(), u16> {
        self.request(CREATE_PERMISSION, |id| vec![Box::new(XorPeerAddress::new(peer, id))])
            .await
            .map(drop)
    }

    pub(crate) async fn bind_channel(&mut self, number: u16, peer: SocketAddr) -> Result<(), u16> {
        self.request(CHANNEL_BIND, |id| {
            vec![
                Box::new(ChannelNumber::new(number)) as Box<dyn AttributeWrite>,
                Box::new(XorPeerAddress::new(peer, id)),
            ]
        })
        .await
        .map(drop)
    }

    pub(crate) async fn refresh(&mut self, seconds: u32) -> Result<(), u16> {
        self.request(REFRESH, |_| vec![Box::new(Lifetime::new(seconds))]).await.map(drop)
    }

    /// Sends by an indication.
    pub(crate) async fn send_to(&mut self, bytes: &[u8], peer: SocketAddr) {
        let id = TransactionId::generate();
        let kind = MessageType::from_class_method(MessageClass::Indication, SEND);
        let mut message = Message::builder(kind, id, MessageWriteVec::new());
        message.add_attribute(&XorPeerAddress::new(peer, id)).unwrap();
        message.add_attribute(&Data::new(bytes)).unwrap();
        let frame = message.finish();
        self.send_frame(&frame).await;
    }

    pub(crate) async fn send_channel(&mut self, number: u16, bytes: &[u8]) {
        let mut frame = number.to_be_bytes().to_vec();
        frame.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
        frame.extend(bytes);
        if let Wire::Tcp(_) = self.wire {
            frame.resize(frame.len().next_multiple_of(4), 0);
        }
        self.send_frame(&frame).await;
    }

    /// What a peer sent by an indication, whenever that is; and which peer.
    pub(crate) async fn receive_from(&mut self) -> (Vec<u8>, SocketAddr) {
        let frame = self.next_frame().await;
        let message = Message::from_bytes(&frame).unwrap();
        let peer = message.attribute::<XorPeerAddress>().unwrap();
        let data = message.attribute::<Data<'_>>().unwrap();
        (data.data().to_vec(), peer.addr(message.transaction_id()))
    }

    /// What a peer sent: by an indication or through a channel.
    pub(crate) async fn receive(&mut self) -> Vec<u8> {
        let frame = self.frame().await;
        match Message::from_bytes(&frame) {
            Ok(message) => {
                assert!(message.has_method(DATA), "{message}");
                message.attribute::<Data<'_>>().unwrap().data().to_vec()
            }
            Err(_) => frame[4..].to_vec(),
        }
    }

    async fn request(
        &mut self,
        method: Method,
        attributes: impl Fn(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Result<Vec<u8>, u16> {
        loop {
            let id = TransactionId::generate();
            let kind = MessageType::from_class_method(MessageClass::Request, method);
            let mut message = Message::builder(kind, id, MessageWriteVec::new());
            for attribute in attributes(id) {
                message.add_attribute(&*attribute).unwrap();
            }
            let was_challenged = self.challenge.is_some();
            if let Some((realm, nonce)) = &self.challenge {
                message.add_attribute(&Username::new(&self.username).unwrap()).unwrap();
                message.add_attribute(&Realm::new(realm).unwrap()).unwrap();
                message.add_attribute(&Nonce::new(nonce).unwrap()).unwrap();
                message.add_message_integrity(&self.key(realm), IntegrityAlgorithm::Sha1).unwrap();
            }
            message.add_fingerprint().unwrap();
            let frame = message.finish();
            self.send_frame(&frame).await;
            let frame = self.frame().await;
            let answer = Message::from_bytes(&frame).unwrap();
            assert_eq!(answer.transaction_id(), id, "the answer to this request");
            if !answer.has_class(MessageClass::Error) {
                return Ok(frame);
            }
            let code = answer.attribute::<ErrorCode>().unwrap().code();
            if code != ErrorCode::UNAUTHORIZED || was_challenged {
                if code == ErrorCode::FORBIDDEN
                    && let Some((realm, _)) = &self.challenge
                {
                    // A browser believes it only if it is signed.
                    answer.validate_integrity(&self.key(realm)).unwrap();
                }
                return Err(code);
            }
            assert!(answer.has_attribute(Realm::TYPE), "a challenge names its realm");
            let realm = answer.attribute::<Realm>().unwrap().realm().to_owned();
            let nonce = answer.attribute::<Nonce>().unwrap().nonce().to_owned();
            self.challenge = Some((realm, nonce));
        }
    }

    fn key(&self, realm: &str) -> MessageIntegrityCredentials {
        let (username, password) = (self.username.clone(), self.password.clone());
        LongTermKeyCredentials::new(username, password, realm.to_owned()).into()
    }

    async fn send_frame(&mut self, frame: &[u8]) {
        match &mut self.wire {
            Wire::Udp(socket) => drop(socket.send(frame).await.unwrap()),
            Wire::Tcp(stream) => stream.write_all(frame).await.unwrap(),
        }
    }

    async fn frame(&mut self) -> Vec<u8> {
        tokio::time::timeout(PATIENCE, self.next_frame()).await.expect("no answer in time")
    }

    async fn next_frame(&mut self) -> Vec<u8> {
        match &mut self.wire {
            Wire::Udp(socket) => {
                let mut frame = vec![0; 2048];
                let length = socket.recv(&mut frame).await.unwrap();
                frame.truncate(length);
                frame
            }
            Wire::Tcp(stream) => {
                let mut head = [0; 4];
                stream.read_exact(&mut head).await.unwrap();
                let named = usize::from(u16::from_be_bytes([head[2], head[3]]));
                let is_channel = head[0] >> 6 == 1;
                let length = if is_channel { 4 + named } else { 20 + named };
                let mut frame = vec![0; length.next_multiple_of(4)];
                frame[..4].copy_from_slice(&head);
                stream.read_exact(&mut frame[4..]).await.unwrap();
                frame.truncate(length);
                frame
            }
        }
    }
}
