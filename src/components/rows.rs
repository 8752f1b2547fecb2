//! A keyed list: rows come, go and move, and a row that stays keeps its element.
//!
//! That matters here more than speed: a screen reader speaks what is inserted into a live region, so
//! a message whose tick changes must not be inserted again.

use super::dom::{El, Place, Row};

/// Turns the rows shown into the rows wanted, touching only the elements that have to be touched.
pub(super) fn follow(
    mut shown: Vec<Row>,
    keys: &[String],
    place: &Place,
    make: &mut dyn FnMut(&str) -> Option<El>,
) -> Vec<Row> {
    // What comes mostly comes at the end.
    let same = shown.iter().zip(keys).take_while(|(row, key)| row.key == **key).count();
    let keys = &keys[same..];
    let mut old = Vec::new();
    for row in shown.split_off(same) {
        if keys.contains(&row.key) { old.push(row) } else { row.end() }
    }
    for key in keys {
        let known = old.iter().position(|row| row.key == *key);
        let row = known.map_or_else(|| place.draw(key, make), |at| Some(old.remove(at)));
        let Some(row) = row else { continue };
        // The next one of those that were there stands where it should.
        if known != Some(0) {
            place.put(&row, old.first());
        }
        shown.push(row);
    }
    shown
}
