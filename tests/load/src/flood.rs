//! Somebody who asks far more than he may, and comes back as soon as he is thrown out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::meter::Meter;
use crate::run::Phase;
use crate::wire::Wire;

/// In so many parts a second, as timers are not finer.
const PARTS: u64 = 200;

/// Sends so many requests a second, on one socket at a time, until the talking is over.
pub(crate) async fn flood(
    server: SocketAddr,
    per_second: u64,
    meter: Arc<Meter>,
    mut phase: watch::Receiver<Phase>,
) {
    let mut ticks = interval(Duration::from_millis(1000 / PARTS));
    // What was missed is not made up for: a socket that is not read holds its sender back.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while *phase.borrow() == Phase::Talk {
        let Ok(mut wire) = Wire::open(server, "widget", "tvox.widget.v1").await else {
            return meter.wrong("flood: does not connect");
        };
        'open: while *phase.borrow_and_update() == Phase::Talk {
            tokio::select! {
                answer = wire.next() => if answer.is_err() { break 'open },
                _ = ticks.tick() => {
                    for _ in 0..per_second.div_ceil(PARTS) {
                        if wire.ask("getVersion", json!([])).await.is_err() {
                            break 'open;
                        }
                        meter.counts.flood[0].fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
        meter.counts.flood[1].fetch_add(1, Ordering::Relaxed);
    }
}
