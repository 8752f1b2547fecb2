//! A day in virtual time: what is kept stops growing.
//!
//! Its own program, because its allocator counts.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod centre;
mod heap;
mod page;

use centre::{Centre, HOUR};
use heap::Owner;
use page::Page;
use serde_json::json;
use tvox_demo_server::engine::LinkId;

#[test]
fn a_visitor_of_a_day_leaves_a_heap_as_flat_as_after_the_first_hour() {
    const CHATS: u64 = 42;
    let mut centre = Centre::new();
    let mut page = Page::load(&mut centre);
    let (mut heaps, mut centres) = (Vec::with_capacity(24), Vec::with_capacity(24));
    for hour in 0..24 {
        for chat in 0..CHATS {
            page.converse(&mut centre, hour * HOUR + chat * 85_000);
        }
        page.live_until(&mut centre, (hour + 1) * HOUR);
        heaps.push(heap::live(Owner::Visitor));
        centres.push(heap::live(Owner::Centre));
    }
    assert_eq!(page.messages, 24 * CHATS * 10, "messages, both ways");
    assert_eq!(page.reconnects, 24 * CHATS);
    // One every five seconds; each reconnection begins the five seconds anew.
    assert!((15_000..=17_280).contains(&page.pings), "{} pings", page.pings);
    println!("visitor: {heaps:?} bytes, hour by hour; {} pings", page.pings);
    for heap in &heaps {
        // Within 1 % of what it was after the first hour.
        assert!(heap.abs_diff(heaps[0]) <= heaps[0] / 100, "{heaps:?}");
    }
    assert_steady(&centres);
}

#[test]
fn five_thousand_conversations_a_day_leave_the_server_no_larger_than_those_of_an_hour() {
    const EACH_HOUR: u64 = 210;
    heap::centre(|| {
        let mut centre = Centre::new();
        let mut centres = Vec::with_capacity(24);
        for hour in 0..24 {
            for number in 0..EACH_HOUR {
                centre.live_until(hour * HOUR + number * HOUR / EACH_HOUR);
                // Every second one vanishes in the middle of it.
                converse_and_go(&mut centre, hour * EACH_HOUR + number, number % 2 == 0);
            }
            centre.live_until((hour + 1) * HOUR);
            centres.push(heap::live(Owner::Centre));
        }
        assert_eq!(centre.accepted, 24 * EACH_HOUR, "conversations that an operator had");
        assert_steady(&centres);
    });
}

/// A visitor who speaks the wire by hand: asks, writes four times, is answered, goes.
fn converse_and_go(centre: &mut Centre, number: u64, says_so: bool) {
    let link = LinkId(1_000_000 + number);
    centre.open(link);
    let client = json!({ "name": "soak", "version": "0.1.0" });
    centre.ask(link, "hello", &json!({ "client": client, "api": "10.26.0" }));
    let key = |part: u64| format!("{number:08x}-0000-4000-8000-{part:012x}");
    let create = json!({ "key": key(0), "service": "service0001" });
    let session = centre.ask(link, "chat.create", &create)["id"].as_str().unwrap().to_owned();
    centre.ask(link, "subscribe", &json!({ "topic": format!("chat/{session}") }));
    for part in 1..=4 {
        let message = format!("part {part} of what there is to say");
        let send = json!({ "session": session, "key": key(part), "message": message });
        let sent = centre.ask(link, "chat.send", &send);
        assert!(sent["seq"].is_number(), "{sent}");
    }
    if says_so {
        centre.ask(link, "chat.close", &json!({ "session": session }));
        centre.tell(link, "bye", &json!({ "forget": false }));
    }
    centre.close(link);
}

/// What the server keeps for a time fills up in the first hour and then stays. Its trees are ordered by
/// random names and so never quite as large as before: half a day is compared with half a day.
fn assert_steady(heaps: &[usize]) {
    println!("contact centre: {heaps:?} bytes, hour by hour");
    let mean = |heaps: &[usize]| heaps.iter().sum::<usize>() / heaps.len();
    let (morning, evening) = (mean(&heaps[..12]), mean(&heaps[12..]));
    assert!(evening <= morning + morning / 50, "{morning} in the morning, {evening}: {heaps:?}");
    let most = heaps.iter().max().unwrap();
    assert!(*most <= morning + morning / 10, "{most}, {morning} in the mean: {heaps:?}");
}
