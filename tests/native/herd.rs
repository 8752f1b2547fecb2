//! When thousands lose their connection in the same moment, and when one tries for a day.

use std::time::Duration;

use serde_json::json;
use tvox_widget::core::Timestamp;
use tvox_widget::core::config::RetryOptions;
use tvox_widget::core::connection::{Effect, Input, LinkId, Machine, Moment, Settings};
use tvox_widget::core::ports::Closed;
use tvox_widget::core::rpc::Request;
use tvox_widget::core::time::millis;

const HEARTBEAT: Duration = Duration::from_secs(5);
const CLIENTS: u64 = 10_000;
/// How long the server is away.
const OUTAGE: u64 = 60_000;
/// When it went: everybody was connected for longer than `stable` asks.
const LOSS: u64 = 30_000;
const BIN: u64 = 100;

#[test]
fn of_ten_thousand_dropped_at_once_no_tenth_of_a_second_gets_more_than_three_in_twenty() {
    let busiest = busiest_bin(&RetryOptions::default());
    assert!(busiest <= CLIENTS * 15 / 100, "{busiest} of {CLIENTS} in 100 ms");
    // A tenth is what an even second gives: the bound would notice a spread half as wide.
    assert!(busiest >= CLIENTS * 10 / 100, "{busiest}: somebody does not come back");
}

#[test]
fn with_growing_delays_and_full_jitter_no_tenth_of_a_second_gets_more_than_one_in_fifty() {
    let options = RetryOptions { fast_first: false, ..RetryOptions::exponential() };
    let busiest = busiest_bin(&options);
    assert!(busiest <= CLIENTS * 2 / 100, "{busiest} of {CLIENTS} in 100 ms");
    assert!(busiest >= CLIENTS / 100, "{busiest}: somebody does not come back");
}

#[test]
fn to_the_letter_of_the_reference_it_tries_every_ten_seconds_for_a_day_and_goes_on() {
    let options = RetryOptions { fast_first: false, ..RetryOptions::default() };
    let mut client = Client::new(1, &options);
    client.greeted(0);
    let day = 86_400_000;
    let dials = client.dials_after_a_loss(LOSS, LOSS + day + 60_000);
    let mut before = LOSS;
    for dial in &dials {
        let gap = dial - before;
        assert!((9_900..=10_100).contains(&gap), "{gap} ms before {dial}");
        before = *dial;
    }
    // Late timers and slow refusals cost a few of the 8 640.
    let within_a_day = dials.iter().filter(|dial| **dial <= LOSS + day).count();
    assert!((8_580..=8_640).contains(&within_a_day), "{within_a_day} attempts");
    assert!(dials.len() > within_a_day, "it has given up after a day");
}

/// How many dial in the busiest tenth of a second of an outage.
fn busiest_bin(options: &RetryOptions) -> u64 {
    let mut bins = vec![0; usize::try_from(OUTAGE / BIN).unwrap() + 1];
    for number in 0..CLIENTS {
        let mut client = Client::new(number, options);
        client.greeted(number % 1_000);
        let loss = LOSS + number % 10;
        for dial in client.dials_after_a_loss(loss, LOSS + OUTAGE) {
            bins[usize::try_from((dial - LOSS) / BIN).unwrap()] += 1;
        }
    }
    bins.into_iter().max().unwrap()
}

/// A connection in a browser whose timers come up to 20 ms late, at a server that refuses within 20 ms.
struct Client {
    machine: Machine,
    link: Option<LinkId>,
    chance: u64,
}

impl Client {
    fn new(seed: u64, options: &RetryOptions) -> Self {
        let settings = Settings {
            retry: options.clone(),
            heartbeat: HEARTBEAT,
            hello: Request::hello(None, HEARTBEAT, None),
            token: None,
        };
        let chance = seed.wrapping_mul(0x9E37_79B9);
        Self { machine: Machine::new(settings), link: None, chance }
    }

    /// It dials at that time, and is let in.
    fn greeted(&mut self, at: u64) {
        let link = self.handle(Input::Connect, at).expect("it dials");
        self.link = Some(link);
        self.handle(Input::Opened(link), at);
        let reply = json!({ "jsonrpc": "2.0", "id": 1, "result": {
            "visitor": "v_1", "resume": "rt_1", "resumeTtl": 1_800_000, "resumed": false,
            "epoch": "e_1", "heartbeat": 5000, "channels": {}, "sessions": [],
        } });
        self.handle(Input::Frame(link, reply.to_string()), at);
        assert!(self.machine.is_online());
    }

    /// When it dials, from a loss until an end, with every dial refused.
    fn dials_after_a_loss(&mut self, loss: u64, end: u64) -> Vec<u64> {
        let mut dials = Vec::new();
        let link = self.link.take().expect("it is connected");
        self.handle(Input::Closed(link, Closed::abnormal()), loss);
        while let Some(due) = self.machine.deadline() {
            let due = millis(due.since(Timestamp::ZERO));
            let late = due + self.roll() % 20;
            if late > end {
                break;
            }
            if let Some(link) = self.handle(Input::Tick, late) {
                dials.push(late);
                let refused = late + self.roll() % 20;
                self.handle(Input::Closed(link, Closed::abnormal()), refused);
            }
        }
        dials
    }

    /// Gives the machine an input; the link that it dials, if it does.
    fn handle(&mut self, input: Input, at: u64) -> Option<LinkId> {
        let mut random = [0; 16];
        random[..8].copy_from_slice(&self.roll().to_le_bytes());
        let moment = Moment { now: Timestamp::from_millis(at), random };
        let effects = self.machine.handle(input, moment);
        effects.into_iter().find_map(|effect| match effect {
            Effect::Dial(link) => Some(link),
            Effect::Send(..) | Effect::Close(..) | Effect::Report(_) => None,
        })
    }

    fn roll(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
