//! Faults at random moments while both sides write, and the reckoning afterwards.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::sleep;
use tvox_faults::{Fault as Blow, Line as Connection, Shape, Way};

use crate::fault::{Fault, Outcome};
use crate::line::From;
use crate::operator::Operator;
use crate::stage::{OPERATORS, Stage, WIDGETS};
use crate::visitor::Visitor;
use crate::wait::{self, LATER};

/// A frame comes at least with each heartbeat: a line without one is silent already.
const PATIENCE: Duration = Duration::from_secs(3);
/// An ordinary line, as long as nothing else is said.
const FAIR: Shape = Shape { round_trip: Duration::from_millis(20), rate: None };
/// With what the server may close and the widget comes back.
const CODES: [(u16, &str); 8] = [
    (1001, ""),
    (1011, ""),
    (1012, ""),
    (4100, "OVERLOADED;retry=500"),
    (4101, "RATE_LIMITED;retry=500"),
    (4102, "SLOW_CONSUMER"),
    (4103, "IDLE"),
    (4201, "RESTARTING"),
];

/// What can go wrong between a page and its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weather {
    /// FIN.
    Cut,
    /// RST.
    Reset,
    /// Nothing gets to the server.
    SilentUp,
    /// Nothing gets to the page.
    SilentDown,
    /// Frames arrive seconds late, perhaps after they were given up.
    Stall,
    /// A long way and few bytes a second.
    Slow,
    /// Half of a frame of the page's.
    HalfUp,
    /// Half of a frame of the server's.
    HalfDown,
    /// A close frame with a code.
    Close,
    /// A frame of the server's twice.
    Duplicate,
    /// No connection is taken.
    Refused,
    /// SIGKILL, and a new server on the same data.
    Killed,
    /// The page is frozen, its line dies, the page is woken.
    Frozen,
    /// The page is loaded anew.
    Reloaded,
}

impl Weather {
    /// All kinds.
    pub(crate) const ALL: [Self; 14] = [
        Self::Cut,
        Self::Reset,
        Self::SilentUp,
        Self::SilentDown,
        Self::Stall,
        Self::Slow,
        Self::HalfUp,
        Self::HalfDown,
        Self::Close,
        Self::Duplicate,
        Self::Refused,
        Self::Killed,
        Self::Frozen,
        Self::Reloaded,
    ];
}

/// How long a storm lasts.
#[derive(Debug, Clone)]
pub(crate) struct Size {
    /// Faults; each kind comes at least once if there are enough.
    pub(crate) faults: usize,
    /// Messages, half of them from each side.
    pub(crate) messages: usize,
    /// Of which kinds.
    pub(crate) kinds: Vec<Weather>,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    faults: BTreeMap<Weather, usize>,
    messages: usize,
    damage: Damage,
}

/// What is not as it should be, summed over page, operator and the server's log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Damage {
    lost: usize,
    doubled: usize,
    reordered: usize,
}

impl Tally {
    /// Adds another storm.
    pub(crate) fn add(&mut self, other: &Self) {
        for (kind, count) in &other.faults {
            *self.faults.entry(*kind).or_default() += count;
        }
        self.messages += other.messages;
        self.damage = self.damage.plus(other.damage);
    }

    /// Whether everything arrived once and in order.
    pub(crate) fn is_whole(&self) -> bool {
        self.damage == Damage::default()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: usize = self.faults.values().sum();
        let Damage { lost, doubled, reordered } = self.damage;
        let messages = self.messages;
        write!(f, "{faults} faults, {messages} messages: {lost} lost, {doubled} doubled, ")?;
        write!(f, "{reordered} reordered; {:?}", self.faults)
    }
}

impl Damage {
    fn plus(self, other: Self) -> Self {
        Self {
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            reordered: self.reordered + other.reordered,
        }
    }

    /// What `seen` lacks of `written`, has too often, and has at another place.
    fn between<T: Ord>(written: &[T], seen: &[T]) -> Self {
        let places: BTreeMap<&T, usize> = written.iter().zip(0..).collect();
        let mut counts: BTreeMap<&T, usize> = BTreeMap::new();
        let (mut reordered, mut furthest) = (0, 0);
        for one in seen {
            let count = counts.entry(one).or_default();
            *count += 1;
            if let Some(place) = places.get(one).filter(|_| *count == 1) {
                reordered += usize::from(*place < furthest);
                furthest = furthest.max(*place);
            }
        }
        let found = written.iter().filter(|one| counts.contains_key(one)).count();
        Self { lost: written.len() - found, doubled: seen.len() - found, reordered }
    }
}

/// One conversation under faults. The visitor writes into the composer of the real widget.
struct Storm {
    stage: Arc<Stage>,
    visitor: Visitor,
    operator: Operator,
    session: String,
    /// Whoever does something with the page: a frozen one answers nobody.
    page: Mutex<()>,
    /// So many messages may be written: they are spread over all faults.
    leave: [Semaphore; 2],
}

/// Plays a storm; the visitor's page is open and shows a launcher.
///
/// # Errors
/// A conversation does not come about, or a fault cannot be made to happen.
pub(crate) async fn play(
    stage: &Arc<Stage>,
    visitor: &Visitor,
    seed: u64,
    size: &Size,
) -> Outcome<Tally> {
    stage.gate.shape(FAIR);
    let operator = Operator::arrive(&stage.host(), "Anna");
    visitor.ask_for("Assistenza").await?;
    let session = operator.conversations(1).await?.pop().unwrap_or_default();
    visitor.composer().shown().await?;
    let storm = Storm {
        stage: Arc::clone(stage),
        visitor: visitor.clone(),
        operator,
        session,
        page: Mutex::default(),
        leave: [Semaphore::new(0), Semaphore::new(0)],
    };
    let each = size.messages / 2;
    let texts = |who: &str| (1..=each).map(|n| format!("{who} {seed}.{n}")).collect::<Vec<_>>();
    let (asked, answered) = (texts("domanda"), texts("risposta"));
    let (faults, (), ()) =
        tokio::try_join!(storm.rage(seed, size), storm.visit(&asked), storm.answer(&answered))?;
    let damage = storm.reckon(&asked, &answered).await?;
    storm.operator.leave().await?;
    Ok(Tally { faults, messages: 2 * each, damage })
}

impl Storm {
    async fn visit(&self, texts: &[String]) -> Outcome {
        for (written, text) in texts.iter().enumerate() {
            self.leave[0].acquire().await?.forget();
            if written % 10 == 0 {
                self.catch_breath().await?;
            }
            let _page = self.page.lock().await;
            self.visitor.say(text).await?;
        }
        Ok(())
    }

    /// Waits until few messages wait in the page: its outbox holds a hundred, and what does not fit
    /// fails before the visitor's eyes.
    async fn catch_breath(&self) -> Outcome {
        wait::until("most messages are sent", LATER * 2, async || {
            let _page = self.page.lock().await;
            let lines = self.visitor.lines().await?;
            let waiting = lines.iter().filter(|line| line.is("sending")).count();
            Ok(if waiting < 40 { Ok(()) } else { Err(format!("{waiting} wait")) })
        })
        .await
    }

    async fn answer(&self, texts: &[String]) -> Outcome {
        for text in texts {
            self.leave[1].acquire().await?.forget();
            self.operator.say(&self.session, text);
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Lets all faults happen, and meanwhile everything be written.
    async fn rage(&self, seed: u64, size: &Size) -> Outcome<BTreeMap<Weather, usize>> {
        let mut rng = Rng::with_seed(seed);
        let mut kinds: Vec<Weather> =
            size.kinds.iter().cycle().take(size.faults).copied().collect();
        rng.shuffle(&mut kinds);
        let each = size.messages / 2;
        let mut counts = BTreeMap::new();
        for (done, kind) in kinds.into_iter().enumerate() {
            let share = each * (done + 1) / size.faults - each * done / size.faults;
            self.leave.iter().for_each(|leave| leave.add_permits(share));
            sleep(Duration::from_millis(rng.u64(50..700))).await;
            self.strike(kind, &mut rng)
                .await
                .map_err(|fault| Fault::new(format!("fault {done}, {kind:?}: {fault}")))?;
            *counts.entry(kind).or_default() += 1;
        }
        Ok(counts)
    }

    async fn strike(&self, kind: Weather, rng: &mut Rng) -> Outcome {
        let while_ = |rng: &mut Rng, range| Duration::from_millis(rng.u64(range));
        let way = if rng.bool() { Way::Up } else { Way::Down };
        match kind {
            Weather::Cut => self.hit(&Blow::Cut, rng).await,
            Weather::Reset => self.hit(&Blow::Reset, rng).await,
            Weather::SilentUp => self.hit(&Blow::Silence(Way::Up), rng).await,
            Weather::SilentDown => self.hit(&Blow::Silence(Way::Down), rng).await,
            Weather::Stall => {
                let time = while_(rng, 500..6_000);
                self.hit(&Blow::Stall(way, time), rng).await
            }
            Weather::HalfUp => self.hit(&Blow::HalfFrame(Way::Up), rng).await,
            Weather::HalfDown => self.hit(&Blow::HalfFrame(Way::Down), rng).await,
            Weather::Close => {
                let (code, reason) =
                    CODES.get(rng.usize(..CODES.len())).copied().unwrap_or_default();
                self.hit(&Blow::Close(code, reason.to_owned()), rng).await
            }
            Weather::Duplicate => self.hit(&Blow::Duplicate, rng).await,
            Weather::Slow => {
                let round_trip = while_(rng, 100..800);
                self.stage.gate.shape(Shape { round_trip, rate: Some(rng.u32(500..5_000)) });
                sleep(while_(rng, 500..2_500)).await;
                self.stage.gate.shape(FAIR);
                Ok(())
            }
            Weather::Refused => {
                self.stage.gate.shut();
                sleep(while_(rng, 100..1_500)).await;
                Ok(self.stage.gate.reopen().await?)
            }
            Weather::Killed => {
                self.stage.kill_server().await?;
                sleep(while_(rng, 0..1_000)).await;
                self.stage.start_server().await
            }
            Weather::Frozen => {
                let _page = self.page.lock().await;
                let browser = &self.visitor.browser;
                browser.freeze().await?;
                let blow = if rng.bool() { Blow::Reset } else { Blow::Silence(Way::Down) };
                for line in self.stage.gate.lines(WIDGETS) {
                    drop(line.strike(&blow));
                }
                sleep(while_(rng, 300..2_500)).await;
                browser.thaw().await
            }
            Weather::Reloaded => {
                let _page = self.page.lock().await;
                self.visitor.reload().await?;
                self.visitor.composer().shown().await
            }
        }
    }

    /// Strikes the page's present connection, and now and then the operator's as well.
    async fn hit(&self, blow: &Blow, rng: &mut Rng) -> Outcome {
        if rng.u8(..4) == 0
            && let Some(line) = self.stage.gate.lines(OPERATORS).pop()
        {
            drop(line.strike(blow));
        }
        wait::until(&format!("{blow:?} takes effect"), LATER, async || {
            let line = self.stage.gate.lines(WIDGETS).into_iter().rfind(Connection::is_used);
            let Some(line) = line else { return Ok(Err("no connection".to_owned())) };
            let struck = line.strike(blow).took_effect();
            match tokio::time::timeout(PATIENCE, struck).await {
                Ok(true) => Ok(Ok(())),
                Ok(false) => Ok(Err("the connection ended before".to_owned())),
                Err(_late) => Ok(Err("no frame to strike".to_owned())),
            }
        })
        .await
    }

    /// What the page shows, what the operator saw and what a restarted server has kept must be what
    /// both wrote: in order, once.
    async fn reckon(&self, asked: &[String], answered: &[String]) -> Outcome<Damage> {
        let all = asked.len() + answered.len();
        let arrived = wait::until("everything arrives", LATER * 2, async || {
            let seen = self.operator.seen(&self.session).len();
            let waiting = self.operator.waiting(&self.session);
            let lines = self.visitor.lines().await?;
            let last = self.operator.seen(&self.session).pop().map(|(_, text)| text);
            let shown = lines.last().map(|line| line.text.clone()) == last;
            let sent = !lines.iter().any(|line| line.is("sending"));
            if let Some(failed) = lines.iter().find(|line| line.is("failed")) {
                return Ok(Err(format!("{:?} failed", failed.text)));
            }
            Ok(if seen >= all && waiting == 0 && shown && sent {
                Ok(())
            } else {
                Err(format!(
                    "the operator has {seen} of {all}, {waiting} wait; {last:?} {shown} {sent}"
                ))
            })
        });
        // What is lost is counted below.
        let late = arrived.await.err();
        self.stage.kill_server().await?;
        self.stage.start_server().await?;
        let operator = self.operator.seen(&self.session);
        let shown = self.visitor.whole_conversation().await?;
        let log = self.operator.log(&self.session, operator.len()).await?;
        let of = |who| -> Vec<String> {
            let his = log.iter().filter(|(by, _)| *by == who);
            his.map(|(_, text)| text.clone()).collect()
        };
        let parts = [
            ("of the visitor's messages the log", Damage::between(asked, &of(From::Visitor))),
            ("of the operator's messages the log", Damage::between(answered, &of(From::Operator))),
            ("of the log the page", Damage::between(&log, &shown)),
            ("of the log the operator", Damage::between(&log, &operator)),
        ];
        for (what, damage) in parts.iter().filter(|(_, damage)| *damage != Damage::default()) {
            println!("    {what} has {damage:?}");
        }
        if let Some(late) = late {
            println!("    {late}");
        }
        Ok(parts.iter().fold(Damage::default(), |sum, (_, damage)| sum.plus(*damage)))
    }
}

#[cfg(test)]
mod tests {
    use super::Damage;

    #[test]
    fn each_kind_of_damage_is_counted() {
        let written = ["a", "b", "c", "d"];
        let damage = |seen: &[&str]| {
            let Damage { lost, doubled, reordered } = Damage::between(&written, seen);
            (lost, doubled, reordered)
        };
        assert_eq!(damage(&["a", "b", "c", "d"]), (0, 0, 0));
        assert_eq!(damage(&["a", "c", "d"]), (1, 0, 0));
        assert_eq!(damage(&["a", "b", "b", "c", "d"]), (0, 1, 0));
        assert_eq!(damage(&["a", "c", "b", "d"]), (0, 0, 1));
        assert_eq!(damage(&["a", "b", "c", "d", "x"]), (0, 1, 0), "from nowhere");
        assert_eq!(damage(&["b", "a", "a"]), (2, 1, 1));
    }
}
