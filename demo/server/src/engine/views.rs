//! What a topic's value is, from each side.

use super::state::{Author, Operator, Remark, Session, Stage, What};
use super::topic::Topic;
use super::{Engine, Timestamp};
use crate::wire::desk::{
    Chosen, ContactValue, Desk, DeskContact, DeskState, OperatorLine, Operators, Queue,
    QueueContact, VisitorValue, Visits,
};
use crate::wire::frame::raw;
use crate::wire::id::{OperatorId, SessionId};
use crate::wire::model::{
    Agent, Availability, Channel, ChatEvent, Configuration, Direction, MessageStatus, MessageType,
    ServiceStatus, SessionState, SessionValue, Step, StepKind,
};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Lines of a queue that are shown: a frame has an end.
const QUEUE_SHOWN: usize = 50;

/// Who looks at a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who asked.
    Visitor,
    /// Who answers.
    Operator,
}

impl Engine {
    /// The newest value of a state topic; nothing for logs, and for what is not there any more.
    pub(super) fn value(&self, topic: &Topic) -> Option<Box<RawValue>> {
        Some(match topic {
            Topic::Channels => raw(&self.channels()),
            Topic::Service(code, channel) => raw(&self.service_status(code, *channel)),
            Topic::Desk(id) => raw(&self.desk(id, self.operators.get(id)?)),
            Topic::Queue(id) => raw(&self.queue(self.operators.get(id)?)),
            Topic::Operators => raw(&self.operator_list()),
            Topic::Session(id) => raw(&self.session_value(id, self.sessions.get(id)?)),
            Topic::Receipts(id) => raw(&self.sessions.get(id)?.progress.by_operator),
            Topic::Contact(id) => raw(&self.contact(id, self.sessions.get(id)?)),
            Topic::Watermarks(id) => raw(&self.sessions.get(id)?.progress.by_visitor),
            Topic::Visits(id) => {
                let visitor = self.visitors.get(&self.sessions.get(id)?.visitor)?;
                raw(&Visits { visits: visitor.visits.iter().cloned().collect() })
            }
            Topic::Call(visitor, channel) => match self.call_of(visitor, *channel) {
                Some((id, session)) => raw(&self.call_value(id, session)),
                None => RawValue::NULL.to_owned(),
            },
            Topic::Chat(_) | Topic::Transcript(_) | Topic::ToVisitor(_) | Topic::ToOperator(_) => {
                return None;
            }
        })
    }

    pub(super) fn channels(&self) -> BTreeMap<String, bool> {
        Channel::ALL
            .into_iter()
            .map(|channel| (channel.name().to_owned(), self.rules.channels.contains(&channel)))
            .collect()
    }

    pub(super) fn service_status(&self, code: &str, channel: Channel) -> ServiceStatus {
        let on = self.rules.channels.contains(&channel);
        let service = self.rules.service(code);
        let service_configuration = match service {
            None => Configuration::NotFound,
            Some(service) if service.channels.contains(&channel) => Configuration::Enabled,
            Some(_) => Configuration::Disabled,
        };
        let status = match service_configuration {
            Configuration::Enabled if !on => Availability::Failed,
            // A mail may be written at night, a callback is for the hours in which somebody calls.
            Configuration::Enabled if matches!(channel, Channel::Mail | Channel::Callback) => {
                Availability::Active
            }
            Configuration::Enabled if !self.open.contains(code) => Availability::Overtime,
            Configuration::Enabled if !self.is_staffed(code) => Availability::OutOfService,
            Configuration::Enabled => Availability::Active,
            Configuration::Disabled
            | Configuration::NotFound
            | Configuration::NoLicense
            | Configuration::Failed => Availability::Failed,
        };
        ServiceStatus {
            channel_id: channel,
            service: code.to_owned(),
            channel_configuration: if on {
                Configuration::Enabled
            } else {
                Configuration::Disabled
            },
            service_configuration,
            status,
        }
    }

    /// What the visitor sees.
    pub(super) fn session_value(&self, id: &SessionId, session: &Session) -> SessionValue {
        let is_open = session.is_open();
        SessionValue {
            id: id.clone(),
            service: session.service.clone(),
            session_state: if is_open { SessionState::Active } else { SessionState::Closed },
            step: is_open.then(|| self.step(session)),
            agent: match &session.progress.stage {
                Stage::Connected { operator, .. } | Stage::Invited { operator, .. } => self
                    .operators
                    .get(operator)
                    .map(|operator| Agent { name: operator.name.clone() }),
                Stage::Welcome { .. }
                | Stage::Waiting
                | Stage::Offered { .. }
                | Stage::Closed { .. } => None,
            },
        }
    }

    fn step(&self, session: &Session) -> Step {
        let mut step = Step {
            step: session.progress.step,
            kind: StepKind::Queue,
            queue_position: None,
            expected_wait: None,
            welcome_message: None,
            media: Vec::new(),
            uri: None,
            inactivity_expire_datetime: None,
        };
        step.kind = match &session.progress.stage {
            Stage::Welcome { .. } => {
                if let Some(service) = self.rules.service(&session.service) {
                    step.welcome_message = service.welcome.clone();
                    step.media = service.media.clone();
                }
                StepKind::Play
            }
            Stage::Waiting => {
                step.queue_position = session.position;
                step.expected_wait = session.expected_wait;
                StepKind::Queue
            }
            Stage::Offered { .. } | Stage::Invited { .. } => StepKind::Connecting,
            Stage::Connected { remark, .. } => match remark {
                Remark::None => StepKind::Connected,
                Remark::ToUrl { uri, .. } => {
                    step.uri = Some(uri.clone());
                    StepKind::ToUrl
                }
                Remark::Inactive { expires } => {
                    step.inactivity_expire_datetime = Some(expires.millis());
                    StepKind::InactiveTimeout
                }
                Remark::ActiveAgain => StepKind::ActiveFromTimeout,
                Remark::DurationOver => StepKind::MaxDurationTimeout,
            },
            Stage::Closed { .. } => StepKind::Connected,
        };
        step
    }

    /// What the operator sees.
    pub(super) fn contact(&self, id: &SessionId, session: &Session) -> ContactValue {
        ContactValue {
            session: self.session_value(id, session),
            call: self.call_facts(session),
            channel: session.channel,
            since: session.created.iso(),
            customer: session.customer.clone(),
            fields: session.fields.clone(),
            transfer: Self::transfer_value(session),
            rating: session.progress.rating.as_deref().cloned(),
            visitor: self.visitor_value(session),
        }
    }

    fn visitor_value(&self, session: &Session) -> VisitorValue {
        let visitor = self.visitors.get(&session.visitor);
        VisitorValue {
            id: session.visitor.clone(),
            online: visitor.is_some_and(|visitor| !visitor.links.is_empty()),
            locale: visitor.and_then(|visitor| visitor.locale.clone()),
            chosen: visitor
                .and_then(|visitor| visitor.chosen.clone())
                .map(|(channel, service)| Chosen { channel, service }),
        }
    }

    fn desk(&self, operator_id: &OperatorId, operator: &Operator) -> Desk {
        let mut contacts: Vec<(Timestamp, DeskContact)> = operator
            .contacts
            .iter()
            .filter_map(|id| Some((id, self.sessions.get(id)?)))
            .map(|(id, session)| {
                let (state, expires) = match &session.progress.stage {
                    Stage::Offered { until, .. } if session.is_passed_on_by(operator_id) => {
                        (DeskState::Transferring, Some(until.iso()))
                    }
                    Stage::Offered { until, .. } => (DeskState::Offered, Some(until.iso())),
                    Stage::Invited { until, .. } => (DeskState::Invited, Some(until.iso())),
                    Stage::Welcome { .. }
                    | Stage::Waiting
                    | Stage::Connected { .. }
                    | Stage::Closed { .. } => (DeskState::Connected, None),
                };
                let contact = DeskContact {
                    id: id.clone(),
                    channel: session.channel,
                    service: session.service.clone(),
                    state,
                    since: session.created.iso(),
                    expires,
                    customer: session
                        .customer
                        .as_ref()
                        .and_then(crate::wire::model::Customer::label),
                    transfer: Self::transfer_value(session),
                    visitor: self.visitor_value(session),
                };
                (session.created, contact)
            })
            .collect();
        contacts
            .sort_by(|one, other| (one.0, one.1.id.as_str()).cmp(&(other.0, other.1.id.as_str())));
        Desk {
            operator: operator_id.clone(),
            name: operator.name.clone(),
            status: operator.status,
            services: operator.services.clone(),
            contacts: contacts.into_iter().map(|(_, contact)| contact).collect(),
        }
    }

    fn queue(&self, operator: &Operator) -> Queue {
        let mut waiting: Vec<(i64, &SessionId, &Session)> = operator
            .services
            .iter()
            .filter_map(|code| self.queues.get(code))
            .flatten()
            .filter_map(|(order, id)| Some((*order, id, self.sessions.get(id)?)))
            .collect();
        waiting.sort_by_key(|(order, id, _)| (*order, (*id).clone()));
        Queue {
            total: waiting.len(),
            waiting: waiting
                .into_iter()
                .take(QUEUE_SHOWN)
                .map(|(_, id, session)| QueueContact {
                    id: id.clone(),
                    channel: session.channel,
                    service: session.service.clone(),
                    position: session.position,
                    offered: matches!(session.progress.stage, Stage::Offered { .. }),
                    playing: matches!(session.progress.stage, Stage::Welcome { .. }),
                    since: session.created.iso(),
                    customer: session
                        .customer
                        .as_ref()
                        .and_then(crate::wire::model::Customer::label),
                    visitor: self.visitor_value(session),
                })
                .collect(),
        }
    }

    fn operator_list(&self) -> Operators {
        let mut operators: Vec<OperatorLine> = self
            .operators
            .iter()
            .filter(|(_, operator)| operator.present)
            .map(|(id, operator)| OperatorLine {
                id: id.clone(),
                name: operator.name.clone(),
                status: operator.status,
                online: !operator.links.is_empty(),
                automatic: operator.automatic,
                services: operator.services.clone(),
                contacts: operator.contacts.len(),
            })
            .collect();
        operators.sort_by(|one, other| {
            (&one.name, one.id.as_str()).cmp(&(&other.name, other.id.as_str()))
        });
        Operators { operators }
    }
}

/// An entry of a log, as that side sees it: a key is its sender's own business.
pub(super) fn chat_event(
    session: &SessionId,
    seq: u64,
    entry: &super::Entry,
    side: Side,
    agent: Option<Agent>,
) -> ChatEvent {
    let mut event = ChatEvent {
        seq: Some(seq),
        id: Some(message_id(seq)),
        session_id: session.clone(),
        message_type: None,
        status: None,
        direction: None,
        key: None,
        message: None,
        greeting: None,
        attachment: None,
        agent,
        created_at: Some(entry.at.iso()),
    };
    match &entry.what {
        What::Opened => event.message_type = Some(MessageType::OpenSession),
        What::Closed => event.message_type = Some(MessageType::ClosedSession),
        What::Said { by, key, text } => {
            event.message_type = Some(MessageType::Message);
            event.status = Some(MessageStatus::Wrote);
            event.message = Some(text.clone());
            let (direction, writer) = towards(by);
            event.direction = Some(direction);
            event.greeting = matches!(by, Author::Greeting).then_some(true);
            event.key = (writer == side).then(|| key.clone());
        }
        What::File { by, key, attachment } => {
            event.message_type = Some(MessageType::Message);
            event.status = Some(MessageStatus::Wrote);
            let (direction, writer) = towards(by);
            event.direction = Some(direction);
            event.key = key.clone().filter(|_| writer == side);
            event.attachment = Some(attachment.clone());
        }
    }
    event
}

impl Engine {
    /// The operator who said it, as long as he is known: a conversation may have had several.
    pub(super) fn speaker_of(&self, entry: &super::Entry) -> Option<Agent> {
        let (What::Said { by: Author::Operator(id), .. }
        | What::File { by: Author::Operator(id), .. }) = &entry.what
        else {
            return None;
        };
        self.operators.get(id).map(|operator| Agent { name: operator.name.clone() })
    }
}

/// Which way it goes, and who wrote it: a greeting goes towards the visitor whose page wrote it.
fn towards(by: &Author) -> (Direction, Side) {
    match by {
        Author::Visitor => (Direction::Outbound, Side::Visitor),
        Author::Greeting => (Direction::Inbound, Side::Visitor),
        Author::Operator(_) => (Direction::Inbound, Side::Operator),
    }
}

/// Typing: neither numbered nor kept.
pub(super) fn typing_event(
    session: &SessionId,
    status: MessageStatus,
    direction: Direction,
) -> ChatEvent {
    ChatEvent {
        seq: None,
        id: None,
        session_id: session.clone(),
        message_type: None,
        status: Some(status),
        direction: Some(direction),
        key: None,
        message: None,
        greeting: None,
        attachment: None,
        agent: None,
        created_at: None,
    }
}

pub(super) fn message_id(seq: u64) -> String {
    format!("m_{seq}")
}
