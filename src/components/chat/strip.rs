//! Which entries of a long conversation are drawn, and where they stand.
//!
//! Only what the visitor sees is drawn, with a margin above and below it; the room of all the others
//! is kept free by two paddings. Their heights are estimates until they have been drawn once.

use std::ops::Range;

/// So much is drawn above and below what is seen, in pixels.
const MARGIN: f64 = 400.0;
/// What is drawn is renewed when less than this is left of the margin.
const LEFT: f64 = 150.0;
/// More than this is never drawn, however high the panel is.
const MOST: usize = 64;

/// A stretch of entries that is drawn, and the room that is kept above and below it, in pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// The entries.
    pub drawn: Range<usize>,
    /// The room above.
    pub above: f64,
    /// The room below.
    pub below: f64,
}

/// What is seen of the list, in pixels from its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Where it begins.
    pub top: f64,
    /// How high it is.
    pub height: f64,
}

/// How high a message of so many characters stands, roughly: a bubble of about 36 to the line.
#[must_use]
pub fn estimate(characters: usize) -> f64 {
    let lines = u32::try_from(characters.div_ceil(36).max(1)).unwrap_or(u32::MAX);
    22.0 + 22.0 * f64::from(lines)
}

impl Strip {
    /// The end of the list, where news arrive.
    #[must_use]
    pub fn end(heights: &[f64], height: f64) -> Self {
        let (mut from, mut room) = (heights.len(), 0.0);
        while from > 0 && room < height + MARGIN && heights.len() - from < MOST {
            from -= 1;
            room += heights[from];
        }
        Self::of(heights, from..heights.len())
    }

    /// Around an entry that comes to stand at the top of what is seen.
    #[must_use]
    pub fn around(heights: &[f64], index: usize, height: f64) -> Self {
        let index = index.min(heights.len());
        let top = heights[..index].iter().sum();
        Self::default().renewed(heights, View { top, height }, true).unwrap_or_default()
    }

    /// What is to be drawn for this view; `None` while what is drawn will do. What is drawn says where
    /// the list stands: an estimate above it that was wrong moves nothing.
    #[must_use]
    pub fn follow(&self, heights: &[f64], view: View) -> Option<Self> {
        self.renewed(heights, view, false)
    }

    fn renewed(&self, heights: &[f64], view: View, anew: bool) -> Option<Self> {
        let drawn = self.drawn.start.min(heights.len())..self.drawn.end.min(heights.len());
        let bottom: f64 = self.above + heights[drawn.clone()].iter().sum::<f64>();
        let (first, last) = (drawn.start == 0, drawn.end == heights.len());
        let covers = (first || self.above <= view.top - LEFT)
            && (last || bottom >= view.top + view.height + LEFT);
        if covers && !anew {
            return None;
        }
        // From the first entry drawn, up or down to where the view begins.
        let (mut from, mut above) = (drawn.start, self.above);
        while from > 0 && above > view.top - MARGIN {
            from -= 1;
            above -= heights[from];
        }
        while from < heights.len() && above + heights[from] < view.top - MARGIN {
            above += heights[from];
            from += 1;
        }
        let (mut to, mut end) = (from, above);
        while to < heights.len() && end < view.top + view.height + MARGIN && to - from < MOST {
            end += heights[to];
            to += 1;
        }
        let above = if from == 0 { 0.0 } else { above.max(0.0) };
        Some(Self { drawn: from..to, above, below: heights[to..].iter().sum() })
    }

    /// These entries, where the heights of those before them put them.
    #[must_use]
    pub fn of(heights: &[f64], drawn: Range<usize>) -> Self {
        let drawn = drawn.start.min(heights.len())..drawn.end.min(heights.len());
        let (above, below) = (&heights[..drawn.start], &heights[drawn.end..]);
        Self { above: above.iter().sum(), below: below.iter().sum(), drawn }
    }

    /// Whether the newest entry is drawn.
    #[must_use]
    pub fn is_end(&self, entries: usize) -> bool {
        self.drawn.end >= entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 0.001
    }

    fn covers(strip: &Strip, heights: &[f64], view: View) -> bool {
        let bottom = strip.above + heights[strip.drawn.clone()].iter().sum::<f64>();
        (strip.drawn.start == 0 || strip.above <= view.top)
            && (strip.is_end(heights.len()) || bottom >= view.top + view.height)
    }

    #[test]
    fn of_ten_thousand_only_what_is_seen_and_its_margins_are_drawn() {
        let heights = vec![40.0; 10_000];
        let end = Strip::end(&heights, 500.0);
        assert!(end.is_end(10_000) && end.drawn.len() < 30, "{end:?}");
        let mut strip = end;
        for top in [390_000.0, 389_900.0, 200_000.0, 199_000.0, 0.0, 300.0, 399_500.0] {
            let view = View { top, height: 500.0 };
            strip = strip.follow(&heights, view).unwrap_or(strip);
            assert!(strip.drawn.len() <= 36, "{strip:?}");
            assert!(covers(&strip, &heights, view), "{strip:?} at {top}");
            let all = strip.above + strip.below + 40.0 * (strip.drawn.len() as f64);
            assert!(near(all, 400_000.0), "the room of the others is kept: {strip:?}");
        }
    }

    #[test]
    fn a_few_pixels_of_scrolling_draw_nothing_anew() {
        let heights = vec![40.0; 1_000];
        let strip = Strip::around(&heights, 500, 500.0);
        assert_eq!(strip.follow(&heights, View { top: 20_100.0, height: 500.0 }), None);
        assert!(strip.follow(&heights, View { top: 20_300.0, height: 500.0 }).is_some());
    }

    #[test]
    fn a_wrong_estimate_above_moves_nothing_that_is_drawn() {
        let mut heights = vec![40.0; 1_000];
        let strip = Strip::around(&heights, 500, 500.0);
        let (first, above) = (strip.drawn.start, strip.above);
        // What was drawn first turns out to be twice as high: the visitor scrolls on upwards.
        heights[first..first + 5].fill(80.0);
        let up = strip.follow(&heights, View { top: above + 50.0, height: 500.0 });
        let up = up.unwrap_or_default();
        let drawn_above: f64 = heights[up.drawn.start..first].iter().sum();
        assert!(near(up.above + drawn_above, above), "{up:?}");
    }

    #[test]
    fn at_the_beginning_there_is_no_room_above() {
        let heights = vec![40.0; 100];
        let strip = Strip { drawn: 20..40, above: 500.0, below: 0.0 };
        let top = strip.follow(&heights, View { top: 0.0, height: 500.0 }).unwrap_or_default();
        assert_eq!(top.drawn.start, 0);
        assert!(near(top.above, 0.0));
    }

    #[test]
    fn a_very_high_panel_and_an_empty_list_have_their_bounds() {
        assert_eq!(Strip::end(&vec![10.0; 10_000], 90_000.0).drawn.len(), MOST);
        assert_eq!(Strip::end(&[], 500.0), Strip::default());
        assert_eq!(Strip::default().follow(&[], View { top: 9.0, height: 500.0 }), None);
    }
}
