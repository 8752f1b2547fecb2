//! The gallery: a picture of every state in every wanted variant, and a page to look at them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::catalogue::variant::{LANGUAGES, PLAIN, Theme, Variant};
use crate::catalogue::{Camera, Shot, TOURS};
use crate::fault::{Fault, Outcome};
use crate::options::Options;
use crate::stage::Stage;
use crate::visitor::Visitor;

/// What a quick look shows: a language read in either direction, and one with long words.
const QUICK: [&str; 3] = ["en", "ar", "de"];
/// The page with all pictures; the list goes in place of the word.
const INDEX: &str = include_str!("gallery.html");

#[derive(Debug)]
struct Photographer {
    options: Options,
    folder: PathBuf,
    taken: Mutex<Vec<String>>,
}

/// Takes the pictures of all states whose name contains one of the filters; true if all were reached.
pub(crate) async fn run(options: &Options, folder: &Path) -> bool {
    let start = Instant::now();
    let photographer = Arc::new(Photographer {
        options: options.clone(),
        folder: folder.to_owned(),
        taken: Mutex::default(),
    });
    let mut whole = true;
    for tour in TOURS {
        if !tour.states.iter().any(|state| options.wants(state)) {
            continue;
        }
        let outcome = async {
            let stage = Arc::new(Stage::new(options.clone(), tour.setup).await?);
            let walked = tour.walk(&stage, photographer.clone()).await;
            stage.close().await;
            walked
        };
        if let Err(fault) = outcome.await {
            println!("{}: {fault}", tour.name);
            whole = false;
        }
    }
    let seconds = start.elapsed().as_secs();
    match photographer.hang() {
        Ok(number) => {
            println!("{number} pictures in {seconds} s: {}", folder.join("index.html").display());
        }
        Err(fault) => {
            println!("{fault}");
            whole = false;
        }
    }
    whole
}

impl Photographer {
    fn variants(&self) -> Vec<Variant> {
        let quick = |one: &Variant| {
            let spoken = QUICK.contains(&one.lang) || LANGUAGES.len() < QUICK.len();
            spoken && one.theme != Theme::Forced && one.device.name != "zoom"
        };
        let all = Variant::all().into_iter();
        all.filter(|one| self.options.full || quick(one)).collect()
    }

    async fn look(&self, visitor: &Visitor, state: &str) -> Outcome {
        if !self.options.wants(state) {
            return Ok(());
        }
        for variant in self.variants() {
            variant.put_on(visitor, self.options.kind).await?;
            let name = format!("{state}--{variant}.png");
            visitor.browser.picture(&self.folder.join(&name)).await?;
            if let Ok(mut taken) = self.taken.lock() {
                taken.push(name);
            }
        }
        PLAIN.put_on(visitor, self.options.kind).await
    }

    /// Writes the page.
    fn hang(&self) -> Outcome<usize> {
        let taken = self.taken.lock().map_err(|_| Fault::new("the pictures are lost"))?;
        let list = serde_json::to_string(&*taken)?;
        std::fs::create_dir_all(&self.folder)?;
        std::fs::write(self.folder.join("index.html"), INDEX.replace("\"PICTURES\"", &list))?;
        Ok(taken.len())
    }
}

impl Camera for Photographer {
    fn shoot<'a>(&'a self, visitor: &'a Visitor, state: &'static str) -> Shot<'a> {
        Box::pin(self.look(visitor, state))
    }
}
