use super::choice::choice;

choice! {
    /// For how long a page keeps what lets its visitor come back: the conversation goes on after a
    /// reload.
    Persist {
        /// Not at all: a reload makes a new visitor.
        None = "none",
        /// Until the tab is closed.
        Session = "session",
        /// Until it runs out, for every tab of this site.
        Local = "local",
    } default None
}
