//! What came of it: for people, and for programs.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use crate::histogram::Histogram;
use crate::meter::{Meter, Timed};
use crate::options::Options;
use crate::server::Taken;

/// All that was measured.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) options: Options,
    pub(crate) operators: usize,
    /// How long they talked.
    pub(crate) talked: Duration,
    /// Of the visitors, both ways, while they talked.
    pub(crate) frames: u64,
    /// Bytes on the disk.
    pub(crate) stored: u64,
    /// Of the server: without visitors, with all of them, when they have talked.
    pub(crate) memory: [Taken; 3],
    pub(crate) meter: Arc<Meter>,
}

impl Report {
    /// Prints it, writes it, and says whether nothing went wrong.
    pub(crate) fn hand_in(&self, file: Option<&Path>) -> ExitCode {
        print!("{}", self.table());
        if let Some(file) = file
            && let Err(error) = std::fs::write(file, format!("{:#}\n", self.json()))
        {
            eprintln!("load: {}: {error}", file.display());
            return ExitCode::FAILURE;
        }
        if self.meter.errors().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn table(&self) -> String {
        let Options { visitors, rate, conversations, .. } = &self.options;
        let [empty, full, over] = self.memory;
        let mut text = format!(
            "{visitors} visitors, {conversations} of them talk with {} operators, {rate} messages/s wanted, {:.0} s\n\n",
            self.operators,
            self.talked.as_secs_f64()
        );
        text += &format!(
            "{:<32}{:>9}{:>10}{:>10}{:>10}{:>10}\n",
            "milliseconds", "count", "p50", "p95", "p99", "max"
        );
        for ((what, flooded), times) in self.meter.latencies() {
            let name = format!("{}{}", what.name(), if flooded { ", flooded" } else { "" });
            let [p50, p95, p99, most] = percentiles(&times).map(millis);
            text += &format!(
                "{name:<32}{:>9}{p50:>10.2}{p95:>10.2}{p99:>10.2}{most:>10.2}\n",
                times.count()
            );
        }
        text += &format!(
            "\nmessages/s {:.1}, visitors' frames/s {:.0}, server's CPU {:.1} % of a core, database {:.1} MiB\n",
            self.per_second(self.messages()),
            self.per_second(self.frames),
            self.cpu(),
            whole(self.stored) / 1_048_576.0
        );
        text += &format!(
            "server's memory: {:.1} MiB without visitors, {:.1} MiB with them ({:.1} KiB a connection), {:.1} MiB when they had talked\n",
            mebi(empty),
            mebi(full),
            self.per_connection(),
            mebi(over)
        );
        let flood = self.flood();
        if flood[0] > 0 {
            text += &format!("flood: {} requests, thrown out {} times\n", flood[0], flood[1]);
        }
        let errors = self.meter.errors();
        for (kind, times) in &errors {
            text += &format!("ERROR {times} × {kind}\n");
        }
        text + &format!("{} errors\n", errors.values().sum::<u64>())
    }

    fn json(&self) -> Value {
        let [empty, full, over] = self.memory;
        let latencies: Vec<Value> = self
            .meter
            .latencies()
            .iter()
            .map(|((what, flooded), times)| {
                let [p50, p95, p99, most] = percentiles(times).map(millis);
                json!({
                    "what": name(*what), "flooded": flooded, "count": times.count(),
                    "p50": p50, "p95": p95, "p99": p99, "max": most,
                })
            })
            .collect();
        json!({
            "visitors": self.options.visitors,
            "conversations": self.options.conversations,
            "operators": self.operators,
            "seconds": self.talked.as_secs_f64(),
            "messages": self.messages(),
            "messagesPerSecond": self.per_second(self.messages()),
            "framesPerSecond": self.per_second(self.frames),
            "milliseconds": latencies,
            "serverCpuPercent": self.cpu(),
            "serverMemoryKiB": { "empty": empty.resident, "connected": full.resident, "after": over.resident, "peak": over.peak },
            "serverMemoryPerConnectionKiB": self.per_connection(),
            "databaseBytes": self.stored,
            "flood": self.flood(),
            "errors": self.meter.errors(),
        })
    }

    /// Written by both sides.
    fn messages(&self) -> u64 {
        let counts = &self.meter.counts;
        [&counts.by_visitors, &counts.by_operators]
            .iter()
            .map(|side| side[0].load(Ordering::Relaxed))
            .sum()
    }

    fn flood(&self) -> [u64; 2] {
        self.meter.counts.flood.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    fn per_second(&self, count: u64) -> f64 {
        whole(count) / self.talked.as_secs_f64()
    }

    /// Percent of one core, while they talked.
    fn cpu(&self) -> f64 {
        let [_, full, over] = self.memory;
        (over.cpu - full.cpu) / self.talked.as_secs_f64() * 100.0
    }

    /// KiB.
    fn per_connection(&self) -> f64 {
        let [empty, full, _] = self.memory;
        whole(full.resident.saturating_sub(empty.resident)) / whole(self.options.visitors as u64)
    }
}

/// p50, p95, p99 and the longest.
fn percentiles(times: &Histogram) -> [Duration; 4] {
    [times.permille(500), times.permille(950), times.permille(990), times.most()]
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn mebi(taken: Taken) -> f64 {
    whole(taken.resident) / 1024.0
}

/// Good for counts up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "a count that is printed with a decimal")]
fn whole(count: u64) -> f64 {
    count as f64
}

/// For programs.
const fn name(what: Timed) -> &'static str {
    match what {
        Timed::Connect => "connect",
        Timed::Answered => "answered",
        Timed::Ping => "ping",
        Timed::VisitorAck => "visitorAck",
        Timed::OperatorSees => "operatorSees",
        Timed::OperatorAck => "operatorAck",
        Timed::VisitorSees => "visitorSees",
    }
}
