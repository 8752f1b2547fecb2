//! Passing on what two sockets say to each other, as far as the line's weather lets it through.

use std::io::{Error, ErrorKind, Result};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::ReadHalf;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::fault::Way;
use crate::frame::{self, Unit};
use crate::line::{Done, Ears, End, Order, Weather};

/// Units under way in one direction; more wait in the sender's own buffers.
const UNDER_WAY: usize = 256;
/// A throttled direction delivers so often.
const SLICE: Duration = Duration::from_millis(20);
/// How long the other side may take to agree to an end.
const PARTING: Duration = Duration::from_secs(2);

/// A unit and when it came in.
type Came = (Instant, Unit);

/// Relays a WebSocket whose request has been read already, until one side or an order ends it.
pub(crate) async fn relay(mut client: TcpStream, mut server: TcpStream, request: Unit, ears: Ears) {
    let Ears { weather, mut ends, up, down, left } = ears;
    let end = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let mut upwards = Direction::new(Way::Up, weather.clone(), up);
        let mut downwards = Direction::new(Way::Down, weather, down);
        let (up_in, up_out) = mpsc::channel(UNDER_WAY);
        let (down_in, down_out) = mpsc::channel(UNDER_WAY);
        let _ = up_in.try_send((Instant::now(), request));
        let pumps = async {
            tokio::try_join!(
                async {
                    read_frames(BufReader::new(from_client), up_in).await;
                    left.store(true, Ordering::Relaxed);
                    Ok(())
                },
                async {
                    read_answer(BufReader::new(from_server), down_in).await;
                    Ok(())
                },
                upwards.deliver(up_out, to_server),
                downwards.deliver(down_out, to_client),
            )
        };
        tokio::select! {
            over = pumps => over.err().unwrap_or(End::Cut),
            Some((end, done)) = ends.recv() => {
                let _ = done.send(());
                end
            }
        }
    };
    part(client, server, end).await;
}

/// Passes on bytes as they are.
pub(crate) async fn pass(client: &mut TcpStream, server: &mut TcpStream) {
    let _ = tokio::io::copy_bidirectional(client, server).await;
}

async fn part(mut client: TcpStream, mut server: TcpStream, end: End) {
    match end {
        End::Reset => {
            let _ = client.set_zero_linger();
            let _ = server.set_zero_linger();
        }
        // A socket that is closed with something unread resets: read until the other side agrees.
        End::Cut => {
            let parting = async {
                tokio::join!(finish(&mut client), finish(&mut server));
            };
            let _ = timeout(PARTING, parting).await;
        }
    }
}

async fn finish(stream: &mut TcpStream) {
    let _ = stream.shutdown().await;
    let mut rest = [0; 4096];
    while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
}

/// Reads until the connection ends, whichever way it does: the queue ends with it.
async fn read_frames(mut from: BufReader<ReadHalf<'_>>, queue: mpsc::Sender<Came>) {
    while let Ok(Some(frame)) = frame::frame(&mut from).await {
        if queue.send((Instant::now(), Unit::Frame(frame))).await.is_err() {
            break;
        }
    }
}

async fn read_answer(mut from: BufReader<ReadHalf<'_>>, queue: mpsc::Sender<Came>) {
    let Ok(Some(head)) = frame::head(&mut from).await else { return };
    let agreed = frame::agrees(&head);
    if queue.send((Instant::now(), Unit::Head(head))).await.is_err() {
        return;
    }
    if agreed {
        return read_frames(from, queue).await;
    }
    while let Ok(bytes) = from.fill_buf().await {
        let bytes = bytes.to_vec();
        from.consume(bytes.len());
        let unit = (Instant::now(), Unit::Bytes(bytes));
        if unit.1.bytes().is_empty() || queue.send(unit).await.is_err() {
            break;
        }
    }
}

/// The delivering end of one direction.
struct Direction {
    way: Way,
    weather: watch::Receiver<Weather>,
    orders: mpsc::UnboundedReceiver<Order>,
    half: Option<Done>,
    twice: Option<Done>,
    /// Frames may be put between those that come: the head has been delivered.
    open: bool,
}

impl Direction {
    const fn new(
        way: Way,
        weather: watch::Receiver<Weather>,
        orders: mpsc::UnboundedReceiver<Order>,
    ) -> Self {
        Self { way, weather, orders, half: None, twice: None, open: false }
    }

    /// Delivers what the queue holds, until it ends or the line is to end with it.
    async fn deliver(
        &mut self,
        mut queue: mpsc::Receiver<Came>,
        mut to: impl AsyncWrite + Unpin,
    ) -> std::result::Result<(), End> {
        loop {
            let delivered = tokio::select! {
                Some(order) = self.orders.recv(), if self.open => self.obey(order, &mut to).await?,
                came = queue.recv() => match came {
                    Some(came) => self.pass_on(came, &mut to).await?,
                    // What is silent does not tell of an end either.
                    None if self.weather.borrow().flow(self.way).lost => return Ok(()),
                    None => return to.shutdown().await.map_err(|_gone| End::Reset),
                },
            };
            if delivered.is_err() && !self.weather.borrow().flow(self.back()).lost {
                return Err(End::Reset);
            }
        }
    }

    async fn obey(
        &mut self,
        order: Order,
        to: &mut (impl AsyncWrite + Unpin),
    ) -> std::result::Result<Result<()>, End> {
        match order {
            Order::Half(done) => self.half = Some(done),
            Order::Twice(done) => self.twice = Some(done),
            Order::Say(frame, done) => {
                let said = self.write(&frame, to).await;
                let _ = done.send(());
                return Ok(said);
            }
            Order::Last(frame, done) => {
                let _ = self.write(&frame, to).await;
                let _ = done.send(());
                return Err(End::Cut);
            }
        }
        Ok(Ok(()))
    }

    async fn pass_on(
        &mut self,
        (came, unit): Came,
        to: &mut (impl AsyncWrite + Unpin),
    ) -> std::result::Result<Result<()>, End> {
        if !self.arrives(came).await {
            return Ok(Ok(()));
        }
        if unit.is_frame()
            && let Some(done) = self.half.take()
        {
            let bytes = unit.bytes();
            let half = bytes.get(..bytes.len().div_ceil(2)).unwrap_or(bytes);
            let _ = self.write(half, to).await;
            let _ = done.send(());
            return Err(End::Cut);
        }
        self.open |= self.way == Way::Down || unit.is_frame() || matches!(unit, Unit::Head(_));
        let mut delivered = self.write(unit.bytes(), to).await;
        if unit.is_text()
            && let Some(done) = self.twice.take()
        {
            delivered = delivered.and(self.write(unit.bytes(), to).await);
            let _ = done.send(());
        }
        Ok(delivered)
    }

    /// Waits for the moment at which something arrives that came in at `came`; false if it never does.
    async fn arrives(&mut self, came: Instant) -> bool {
        loop {
            let weather = *self.weather.borrow_and_update();
            let flow = weather.flow(self.way);
            if flow.lost {
                return false;
            }
            let due = came + weather.shape.round_trip / 2;
            let due = flow.held.map_or(due, |held| held.max(due));
            if due <= Instant::now() {
                return true;
            }
            tokio::select! {
                () = sleep_until(due) => {}
                // Nobody can change it any more: it stays as it is.
                Ok(()) = self.weather.changed() => {}
            }
        }
    }

    async fn write(&self, bytes: &[u8], to: &mut (impl AsyncWrite + Unpin)) -> Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let rate = self.weather.borrow().shape.rate;
            let slice = rate.map_or(rest.len(), |rate| {
                usize::try_from(u128::from(rate) * SLICE.as_millis() / 1000).unwrap_or(rest.len())
            });
            let (now, later) = rest
                .split_at_checked(slice.clamp(1, rest.len()))
                .ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
            to.write_all(now).await?;
            if rate.is_some() {
                sleep_until(Instant::now() + SLICE).await;
            }
            rest = later;
        }
        to.flush().await
    }

    const fn back(&self) -> Way {
        match self.way {
            Way::Up => Way::Down,
            Way::Down => Way::Up,
        }
    }
}
