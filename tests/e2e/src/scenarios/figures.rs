//! How long it takes until nothing is missing any more. Ten widgets in one page, each with a
//! conversation and a connection of its own; the page's record says what was seen when.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tvox_faults::{Fault as Blow, Line, Shape, Way};

use crate::browser::Look;
use crate::fault::{Fault, Outcome, ensure, ensure_eq};
use crate::operator::Operator;
use crate::stage::{Stage, WIDGETS};
use crate::visitor::Visitor;
use crate::wait::{self, LATER};
use crate::watch::is_lost_line;

const WIDTH: usize = 10;
/// The distance between page and server.
const FAR: Shape = Shape { round_trip: Duration::from_millis(50), rate: None };
/// A connection that lasted so long is a stable one, and its loss is a first loss again.
const STABLE: Duration = Duration::from_secs(11);

/// Milliseconds since 1970, as in the page's record.
type Moment = f64;

/// The socket is reset and the network is there again at once.
pub(crate) async fn a_short_loss_heals_at_once(stage: Arc<Stage>) -> Outcome {
    const BLIPS: usize = 200;
    let crowd = Crowd::gather(&stage, FAR).await?;
    // Always the oldest connection: each has been stable when its turn comes.
    let pace = (STABLE + Duration::from_secs(2)) / u32::try_from(WIDTH)?;
    let mut turns = interval_at(Instant::now() + STABLE, pace);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut struck = Vec::new();
    for blip in 0..BLIPS {
        turns.tick().await;
        let oldest = crowd.lines().await?.into_iter().next();
        let oldest = oldest.ok_or_else(|| Fault::new("no connection"))?;
        let moment = now();
        ensure!(oldest.strike(&Blow::Reset).took_effect().await, "the reset came too late");
        crowd.tell(&format!("colpo {blip}"));
        struck.push(moment);
    }
    let last = BLIPS - 1;
    crowd.all_see(&format!("colpo {last}")).await?;
    let mut healed = Vec::new();
    for (blip, moment) in struck.iter().enumerate() {
        // The widget that was struck is the last to see it.
        let seen = crowd.when_seen(&format!("colpo {blip}")).await?;
        healed.push(seen.into_iter().fold(0.0, f64::max) - moment);
    }
    let healed = Figure::of("a reset, 50 ms round trip: connected and caught up", healed);
    forgive(&stage);
    healed.reaches(&[(0.5, 700.0), (0.95, 1_300.0), (1.0, 2_000.0)])
}

/// Nothing arrives any more, either way, and nobody says so.
pub(crate) async fn a_silent_loss_is_noticed_and_healed(stage: Arc<Stage>) -> Outcome {
    let crowd = Crowd::gather(&stage, FAR).await?;
    let (mut noticed, mut healed) = (Vec::new(), Vec::new());
    for round in 0..4 {
        sleep(STABLE).await;
        let moment = now();
        for line in crowd.lines().await? {
            drop(line.strike(&Blow::Silence(Way::Up)));
            drop(line.strike(&Blow::Silence(Way::Down)));
        }
        let text = format!("silenzio {round}");
        crowd.tell(&text);
        crowd.all_see(&text).await?;
        noticed.extend(crowd.sockets("closed", moment).await?);
        healed.extend(crowd.when_seen(&text).await?.into_iter().map(|seen| seen - moment));
    }
    ensure_eq!(noticed.len(), 4 * WIDTH, "connections given up");
    forgive(&stage);
    let noticed = Figure::of("silence both ways: noticed", noticed);
    let healed = Figure::of("silence both ways: connected and caught up", healed);
    noticed.reaches(&[(1.0, 10_000.0)])?;
    healed.reaches(&[(0.99, 11_500.0)])
}

/// A page is out of sight when its connections go silent, or is frozen when they are reset, and is
/// shown again. (Chromium closes the sockets of a page that it freezes: silence cannot be tried there.)
pub(crate) async fn a_woken_page_has_a_new_connection_at_once(stage: Arc<Stage>) -> Outcome {
    const ASLEEP: Duration = Duration::from_secs(3);
    /// A browser opens one connection after another (RFC 6455, section 4.1), and all are lost at once.
    const FEW: usize = 3;
    let crowd = Crowd::of(&stage, FAR, FEW).await?;
    let browser = &crowd.visitor.browser;
    let (mut silent, mut frozen) = (Vec::new(), Vec::new());
    for round in 0..12 {
        sleep(STABLE).await;
        let lines = crowd.lines().await?;
        let text = format!("sonno {round}");
        let moment;
        if round % 2 == 0 {
            browser.hide().await?;
            for line in lines {
                drop(line.strike(&Blow::Silence(Way::Up)));
                drop(line.strike(&Blow::Silence(Way::Down)));
            }
            crowd.tell(&text);
            // Shorter than a heartbeat: nothing has been noticed yet.
            sleep(ASLEEP / 2).await;
            moment = now();
            browser.show().await?;
        } else {
            browser.freeze().await?;
            for line in lines {
                drop(line.strike(&Blow::Reset));
            }
            crowd.tell(&text);
            sleep(ASLEEP).await;
            moment = now();
            browser.thaw().await?;
        }
        crowd.all_see(&text).await?;
        let replaced = crowd.sockets("heard", moment).await?;
        ensure_eq!(replaced.len(), FEW, "connections replaced");
        if round % 2 == 0 { &mut silent } else { &mut frozen }.extend(replaced);
    }
    let sleep = crowd.record("sleep").await?;
    ensure_eq!(sleep.get("freezes").and_then(Value::as_u64), Some(6), "times it was frozen");
    let gap = sleep.get("gap").and_then(Value::as_f64).unwrap_or_default();
    ensure!(gap > 2_500.0, "no timer ran while it was frozen: at most {gap} ms");
    forgive(&stage);
    let frozen = Figure::of("frozen, reset and woken: replaced", frozen);
    let silent = Figure::of("hidden, silenced and shown again: replaced", silent);
    frozen.reaches(&[(1.0, 3_500.0)])?;
    silent.reaches(&[(1.0, 3_500.0)])
}

/// Ten thousand messages were missed; the page stays responsive while it reads them.
pub(crate) async fn ten_thousand_missed_messages_are_caught_up_with(stage: Arc<Stage>) -> Outcome {
    const MISSED: usize = 10_000;
    let crowd = Crowd::of(&stage, Shape::default(), 1).await?;
    stage.gate.shut();
    for n in 1..=MISSED {
        crowd.tell(&format!("mentre non c'eri {n}"));
    }
    wait::until("the server has all messages", LATER * 10, async || {
        let waiting: usize =
            crowd.sessions.iter().map(|session| crowd.operator.waiting(session)).sum();
        Ok(if waiting == 0 { Ok(()) } else { Err(format!("{waiting} wait")) })
    })
    .await?;
    let moment = now();
    stage.gate.reopen().await?;
    let last = format!("mentre non c'eri {MISSED}");
    crowd.all_see(&last).await?;
    let opened = crowd.sockets("opened", moment).await?;
    let opened = moment + opened.first().copied().unwrap_or_default();
    let seen = crowd.when_seen(&last).await?.into_iter().fold(0.0, f64::max);
    let tasks = crowd.record("longTasks").await?;
    let long: Vec<f64> = tasks
        .as_array()
        .into_iter()
        .flatten()
        .filter(|task| task.get(0).and_then(Value::as_f64).is_some_and(|begin| begin >= moment))
        .filter_map(|task| task.get(1).and_then(Value::as_f64))
        .collect();
    forgive(&stage);
    let sockets = crowd.record("sockets").await?;
    let waited = sockets.as_array().and_then(|sockets| sockets.last()?.get("waited")?.as_f64());
    println!("    the page waited {:.0} ms of it for the server", waited.unwrap_or_default());
    let caught_up =
        Figure::of("10 000 missed messages on loopback: caught up", vec![seen - opened]);
    caught_up.reaches(&[(1.0, 1_000.0)])?;
    Figure::of("tasks of 50 ms and more meanwhile", long).none_beyond(50.0)
}

/// The widgets of one page, and the operator who has all of their conversations.
pub(super) struct Crowd {
    stage: Arc<Stage>,
    pub(super) visitor: Visitor,
    pub(super) operator: Operator,
    pub(super) sessions: Vec<String>,
}

impl Crowd {
    async fn gather(stage: &Arc<Stage>, shape: Shape) -> Outcome<Self> {
        Self::of(stage, shape, WIDTH).await
    }

    pub(super) async fn of(stage: &Arc<Stage>, shape: Shape, widgets: usize) -> Outcome<Self> {
        let page = format!("/demo/e2e/faults.html?widgets={widgets}&persist=none");
        let operator = Operator::arrive(&stage.server_host().await?, "Anna");
        let visitor = Visitor::arrive_at(stage, "visitor", &page, Look::default()).await?;
        let ask = "document.querySelectorAll('tvox-widget')\
                   .forEach((widget) => widget.open('CHAT', 'service0001'))";
        visitor.browser.run(ask, vec![]).await?;
        let sessions = operator.conversations(widgets).await?;
        let crowd = Self { stage: Arc::clone(stage), visitor, operator, sessions };
        crowd.tell("buongiorno");
        crowd.all_see("buongiorno").await?;
        stage.gate.shape(shape);
        Ok(crowd)
    }

    /// The operator writes to everybody.
    pub(super) fn tell(&self, text: &str) {
        for session in &self.sessions {
            self.operator.say(session, text);
        }
    }

    /// One connection a widget, the oldest first.
    async fn lines(&self) -> Outcome<Vec<Line>> {
        wait::until("everybody is connected", LATER, async || {
            let lines = self.stage.gate.lines(WIDGETS).into_iter();
            // A silent line outlives its page's interest in it.
            let lines: Vec<Line> =
                lines.filter(|line| line.is_used() && !line.is_silent()).collect();
            let all = lines.len() == self.sessions.len();
            Ok(if all { Ok(lines) } else { Err(format!("{} connections", lines.len())) })
        })
        .await
    }

    pub(super) async fn all_see(&self, text: &str) -> Outcome {
        wait::until(&format!("everybody sees {text:?}"), LATER, async || {
            let seen = self.when_seen(text).await?.len();
            let all = seen == self.sessions.len();
            Ok(if all { Ok(()) } else { Err(format!("{seen} widgets")) })
        })
        .await
    }

    async fn when_seen(&self, text: &str) -> Outcome<Vec<Moment>> {
        let times = "return globalThis.record.seen.map((times) => times[arguments[0]] ?? null)";
        let times = self.visitor.browser.run(times, vec![json!(text)]).await?;
        Ok(times.as_array().into_iter().flatten().filter_map(Value::as_f64).collect())
    }

    /// How long after `since` this happened to the sockets to which it happened since then.
    async fn sockets(&self, what: &str, since: Moment) -> Outcome<Vec<f64>> {
        let sockets = self.record("sockets").await?;
        let sockets = sockets.as_array().into_iter().flatten();
        let moments = sockets.filter_map(|socket| socket.get(what).and_then(Value::as_f64));
        Ok(moments.filter(|moment| *moment >= since).map(|moment| moment - since).collect())
    }

    pub(super) async fn record(&self, part: &str) -> Outcome<Value> {
        self.visitor.browser.run("return globalThis.record[arguments[0]]", vec![json!(part)]).await
    }
}

pub(super) fn forgive(stage: &Stage) {
    stage.browsers().iter().for_each(|browser| browser.watch.forgive(is_lost_line));
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs_f64() * 1_000.0
}

/// Times in milliseconds, the shortest first.
pub(super) struct Figure {
    what: &'static str,
    times: Vec<f64>,
}

impl Figure {
    /// Says what was measured.
    pub(super) fn of(what: &'static str, mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let figure = Self { what, times };
        if figure.times.is_empty() {
            println!("    {what}: none");
            return figure;
        }
        let [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1.0].map(|part| figure.at(part));
        println!(
            "    {what}: n={} p50 {p50:.0} ms, p95 {p95:.0} ms, p99 {p99:.0} ms, max {max:.0} ms",
            figure.times.len()
        );
        figure
    }

    /// The time within which so large a part of all was done (nearest rank).
    fn at(&self, part: f64) -> f64 {
        let all = self.times.len();
        // At most as many as there are: the cast loses nothing.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        let rank = (part * all as f64).ceil() as usize;
        self.times.get(rank.max(1) - 1).copied().unwrap_or(f64::INFINITY)
    }

    /// As [`Self::reaches`], where nothing at all is best.
    pub(super) fn none_beyond(&self, goal: f64) -> Outcome {
        if self.times.is_empty() { Ok(()) } else { self.reaches(&[(1.0, goal)]) }
    }

    /// Says which goals – a part of all, and the milliseconds for it – were missed. A busy machine may
    /// need four times as long: more is a fault.
    pub(super) fn reaches(&self, goals: &[(f64, f64)]) -> Outcome {
        for (part, goal) in goals {
            let seen = self.at(*part);
            let missed = format!("{}: {part} of them took {seen:.0} ms, not {goal}", self.what);
            ensure!(seen <= 4.0 * goal, "{missed}");
            if seen > *goal {
                println!("    falls short: {missed}");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn a_part_of_all_times_lies_at_its_nearest_rank() {
        let figure = Figure::of("test", (1..=200_u32).rev().map(f64::from).collect());
        assert_eq!(
            [0.5, 0.95, 0.99, 1.0].map(|part| figure.at(part)),
            [100.0, 190.0, 198.0, 200.0]
        );
        assert!(figure.reaches(&[(1.0, 200.0)]).is_ok());
        assert!(figure.reaches(&[(0.5, 24.0)]).is_err());
        assert!(Figure::of("nothing", vec![]).reaches(&[(1.0, 1e9)]).is_err());
    }
}
