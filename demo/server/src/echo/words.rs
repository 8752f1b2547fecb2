//! What the automatic operator says. It never pretends to be a person.

/// In which language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Language {
    Italian,
    #[default]
    English,
}

impl Language {
    pub(super) fn of(locale: &str) -> Self {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("it") { Self::Italian } else { Self::English }
    }

    fn pick<'a>(self, italian: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Italian => italian,
            Self::English => english,
        }
    }
}

/// What follows on the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Nothing,
    Push,
    Leave,
    /// Invites to a call.
    Call(Calling),
    /// Does something about the call at hand.
    Line(Line),
}

/// To which kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Calling {
    Audio,
    Video,
}

/// What can be done about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Video,
    Hold,
    Resume,
    HangUp,
}

/// As much of a message as is repeated.
const QUOTED: usize = 200;

/// The first words.
pub(super) fn greeting(language: Language, name: Option<&str>) -> String {
    let hello = match (language, name) {
        (Language::Italian, Some(name)) => format!("Ciao {name}!"),
        (Language::Italian, None) => "Ciao!".to_owned(),
        (Language::English, Some(name)) => format!("Hello {name}!"),
        (Language::English, None) => "Hello!".to_owned(),
    };
    let rest = language.pick(
        "Sono Eco, un risponditore automatico: non c'è una persona dietro queste righe. Ripeto quello che mi scrivi, così provi la chat da solo. \
         Scrivi “aiuto” per sapere che cosa capisco.",
        "I'm Echo, an automatic operator: there is no person behind these lines. I repeat what you write, so that you can try the chat alone. \
         Write “help” to see what I understand.",
    );
    format!("{hello} {rest}")
}

/// The answer to a file.
pub(super) fn about_file(language: Language, name: &str, taken: bool) -> String {
    match (language, taken) {
        (Language::Italian, true) => {
            format!("Ho ricevuto il file “{name}”. Una persona alla console lo aprirebbe da qui.")
        }
        (Language::English, true) => {
            format!(
                "I have got the file “{name}”. A person at the console would open it from here."
            )
        }
        (Language::Italian, false) => {
            format!("Il file “{name}” non è passato dal controllo: non l'ho ricevuto.")
        }
        (Language::English, false) => {
            format!("The file “{name}” did not pass the check: I haven't got it.")
        }
    }
}

/// The answer to a message; `before` messages were answered already, and beside the conversation there is a call, or none.
pub(super) fn answer(
    language: Language,
    name: Option<&str>,
    said: &str,
    before: u64,
    calls: bool,
) -> (String, Then) {
    let words: Vec<String> = said
        .split(|character: char| !character.is_alphanumeric() && character != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let is_short = words.len() <= 4;
    let is_question = said.trim_end().ends_with('?');

    if is_short
        && has(&["bye", "goodbye", "ciao", "arrivederci", "addio"])
        && !(has(&["ciao"]) && before == 0)
    {
        let farewell = match (language, name) {
            (Language::Italian, Some(name)) => {
                format!("Grazie della prova, {name}. Chiudo io la conversazione: a presto!")
            }
            (Language::Italian, None) => {
                "Grazie della prova. Chiudo io la conversazione: a presto!".to_owned()
            }
            (Language::English, Some(name)) => format!(
                "Thank you for trying me, {name}. I'm closing this conversation: see you soon!"
            ),
            (Language::English, None) => {
                "Thank you for trying me. I'm closing this conversation: see you soon!".to_owned()
            }
        };
        return (farewell, Then::Leave);
    }
    if has(&["page", "pagina"]) {
        let text = language.pick(
            "Ecco la pagina: te la propongo ora, e sei tu a decidere se aprirla.",
            "Here is the page: I'm offering it to you now, and it is for you to decide whether to open it.",
        );
        return (text.to_owned(), Then::Push);
    }
    if is_short && let Some(answer) = about_calls(language, &words, calls) {
        return answer;
    }
    if is_short && has(&["help", "aiuto"]) {
        let text = language.pick(
            "Capisco poche cose:\n• “pagina”: ti propongo una pagina del sito\n• “chiamami” o “video”: ti chiamo, e senti e vedi te stesso\n• durante una chiamata “attesa”, “riprendi”, “video”, “riaggancia”\n• “ciao”: saluto e chiudo\n• una domanda: ammetto di non sapere la risposta\nTutto il resto lo ripeto, \
             così vedi che è arrivato. Per parlare con una persona, qualcuno apra la console dell'operatore.",
            "I understand a few things:\n• “page”: I offer you a page of the site\n• “call me” or “video”: I call you, and you hear and see yourself\n• in a call “hold”, “resume”, “video”, “hang up”\n• “bye”: I say good-bye and close\n• a question: I admit that I don't know the answer\nAll the rest I \
             repeat, so that you see it has arrived. To talk to a person, have somebody open the operator console.",
        );
        return (text.to_owned(), Then::Nothing);
    }
    if is_short && has(&["thanks", "thank", "grazie"]) {
        let text = language.pick(
            "Prego! C'è altro che posso ripetere?",
            "You're welcome! Is there anything else I can repeat?",
        );
        return (text.to_owned(), Then::Nothing);
    }
    if is_short
        && !is_question
        && has(&["hello", "hi", "hey", "salve", "buongiorno", "buonasera", "ciao"])
    {
        let text = language.pick(
            "Ciao! Dimmi pure: ripeterò fedelmente.",
            "Hello! Go ahead: I'll repeat it faithfully.",
        );
        return (text.to_owned(), Then::Nothing);
    }
    let quote = quote(said);
    let number = words
        .iter()
        .find(|word| word.len() >= 3 && word.chars().all(|character| character.is_ascii_digit()));
    let text = match (language, number, is_question) {
        (Language::Italian, _, true) => format!(
            "Mi chiedi: “{quote}” Da risponditore automatico non lo so, ma una persona alla console lo leggerebbe proprio così."
        ),
        (Language::English, _, true) => format!(
            "You ask: “{quote}” Being automatic, I don't know, but a person at the console would read it just like this."
        ),
        (Language::Italian, Some(number), false) => {
            format!("Ho letto “{quote}” e ho notato il numero {number}. Giusto?")
        }
        (Language::English, Some(number), false) => {
            format!("I read “{quote}” and noticed the number {number}. Is that right?")
        }
        (Language::Italian, None, false) => {
            format!("Hai scritto “{quote}”{}", counted(language, words.len()))
        }
        (Language::English, None, false) => {
            format!("You wrote “{quote}”{}", counted(language, words.len()))
        }
    };
    (text, Then::Nothing)
}

/// Words about a call: to begin one, or to the one that there is.
fn about_calls(language: Language, words: &[String], calls: bool) -> Option<(String, Then)> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let said_both = |first: &str, second: &str| words.contains(&first) && words.contains(&second);
    let line = if said(&["hold", "attesa"]) {
        Line::Hold
    } else if said(&["resume", "riprendi"]) {
        Line::Resume
    } else if said(&["riaggancia"]) || said_both("hang", "up") {
        Line::HangUp
    } else if said(&["video"]) && calls {
        Line::Video
    } else if said(&["video", "videochiamami", "videochiamata"]) {
        let text = language.pick(
            "Ti videochiamo: rispondi, e vedrai te stesso.",
            "I'm calling you with video: answer, and you will see yourself.",
        );
        return Some((text.to_owned(), Then::Call(Calling::Video)));
    } else if said(&["chiamami"]) || said_both("call", "me") {
        let text = language.pick(
            "Ti chiamo: rispondi, e sentirai te stesso.",
            "I'm calling you: answer, and you will hear yourself.",
        );
        return Some((text.to_owned(), Then::Call(Calling::Audio)));
    } else {
        return None;
    };
    if !calls {
        let text = language.pick(
            "Non siamo in chiamata. Scrivi “chiamami” o “video”.",
            "We are not in a call. Write “call me” or “video”.",
        );
        return Some((text.to_owned(), Then::Nothing));
    }
    let text = match line {
        Line::Video => language.pick("Propongo il video.", "I'm offering video."),
        Line::Hold => language.pick(
            "Metto in attesa: non rimando più niente. “Riprendi” e torno.",
            "I'm putting you on hold: nothing comes back. “Resume” and I'm here again.",
        ),
        Line::Resume => language.pick("Eccomi di nuovo.", "Here I am again."),
        Line::HangUp => language.pick("Riaggancio.", "I'm hanging up."),
    };
    Some((text.to_owned(), Then::Line(line)))
}

fn counted(language: Language, words: usize) -> String {
    match (language, words) {
        (_, 0) => ".".to_owned(),
        (Language::Italian, 1) => ": una parola, arrivata intera.".to_owned(),
        (Language::English, 1) => ": one word, arrived whole.".to_owned(),
        (Language::Italian, words) => format!(": {words} parole, arrivate tutte."),
        (Language::English, words) => format!(": {words} words, all arrived."),
    }
}

fn quote(said: &str) -> String {
    let said = said.trim();
    match said.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_says_that_nobody_is_there_in_both_languages() {
        assert!(
            greeting(Language::of("it-IT"), Some("Mario"))
                .starts_with("Ciao Mario! Sono Eco, un risponditore automatico")
        );
        assert!(
            greeting(Language::of("de-DE"), None)
                .starts_with("Hello! I'm Echo, an automatic operator")
        );
    }

    #[test]
    fn words_lead_to_deeds() {
        for (language, said, before, then) in [
            (Language::English, "Show me a page, please", 0, Then::Push),
            (Language::Italian, "mi apri la pagina?", 3, Then::Push),
            (Language::English, "bye!", 0, Then::Leave),
            (Language::Italian, "Ciao", 1, Then::Leave),
            (Language::Italian, "Ciao", 0, Then::Nothing),
            (Language::English, "I said bye to my old bicycle yesterday", 2, Then::Nothing),
            (Language::English, "", 0, Then::Nothing),
        ] {
            assert_eq!(answer(language, None, said, before, false).1, then, "{said}");
        }
    }

    #[test]
    fn words_about_a_call_need_one_or_begin_one() {
        let then = |language, said: &str, calls| answer(language, None, said, 1, calls).1;
        let (english, italian) = (Language::English, Language::Italian);
        for (language, said, without, within) in [
            (english, "Call me!", Then::Call(Calling::Audio), Then::Call(Calling::Audio)),
            (italian, "chiamami", Then::Call(Calling::Audio), Then::Call(Calling::Audio)),
            (italian, "Video?", Then::Call(Calling::Video), Then::Line(Line::Video)),
            (english, "hold please", Then::Nothing, Then::Line(Line::Hold)),
            (italian, "riprendi", Then::Nothing, Then::Line(Line::Resume)),
            (english, "hang up", Then::Nothing, Then::Line(Line::HangUp)),
            (english, "I saw a video of that tandem", Then::Nothing, Then::Nothing),
        ] {
            assert_eq!(then(language, said, false), without, "{said}, no call");
            assert_eq!(then(language, said, true), within, "{said}, in a call");
        }
    }

    #[test]
    fn what_was_said_comes_back() {
        assert!(
            answer(Language::English, None, "My order 4711 is late", 0, false)
                .0
                .contains("the number 4711")
        );
        assert!(
            answer(Language::Italian, None, "Il freno fischia", 0, false)
                .0
                .contains("“Il freno fischia”: 3 parole")
        );
        assert!(
            answer(Language::Italian, None, "Quando aprite?", 0, false)
                .0
                .contains("“Quando aprite?”")
        );
        let long = "à".repeat(4000);
        assert!(answer(Language::English, None, &long, 0, false).0.chars().count() < 300);
    }
}
