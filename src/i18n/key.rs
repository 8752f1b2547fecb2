//! The names of the texts.

macro_rules! keys {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// A text of the interface.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Key {
            $($(#[$doc])* $variant,)+
        }

        impl Key {
            /// Every text.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the languages' files, by which a site overrides it.
            #[must_use]
            pub fn name(self) -> &'static str {
                Self::names().nth(self as usize).unwrap_or_default()
            }

            /// Every name, in the order of the keys. They are one text: two hundred with an address
            /// and a length each would weigh half as much again.
            pub(super) fn names() -> impl Iterator<Item = &'static str> {
                concat!($($name, "\n"),+).lines()
            }
        }
    };
}

keys! {
    /// The home screen's title.
    Title = "title",
    /// The line below it.
    Subtitle = "subtitle",
    /// The launcher's name while the panel is closed.
    LauncherOpen = "launcherOpen",
    /// The launcher's name while the panel is open.
    LauncherClose = "launcherClose",
    /// Added to the launcher's name.
    Unread = "unread",
    /// The panel's name.
    Panel = "panel",
    /// Closes the panel.
    Close = "close",
    /// Makes the panel large.
    Expand = "expand",
    /// Goes back to the home screen.
    Back = "back",
    /// Names the list of channels.
    Channels = "channels",
    /// The chat channel.
    Chat = "chat",
    /// What the chat channel is for.
    ChatHelp = "chatHelp",
    /// A channel or service answers.
    Available = "available",
    /// Open, but nobody is logged in.
    NoOperator = "noOperator",
    /// Outside opening hours.
    Closed = "closed",
    /// Not offered by the server.
    NotAvailable = "notAvailable",
    /// The state is not known yet.
    Checking = "checking",
    /// The row of the running conversation.
    Resume = "resume",
    /// Below it.
    ResumeHelp = "resumeHelp",
    /// The service selector's title.
    Services = "services",
    /// The line below it.
    ServicesHelp = "servicesHelp",
    /// A contact is being made.
    Starting = "starting",
    /// The queue's title.
    QueueTitle = "queueTitle",
    /// The place in the queue.
    QueuePosition = "queuePosition",
    /// The first place in the queue.
    QueueNext = "queueNext",
    /// No place is known.
    QueueUnknown = "queueUnknown",
    /// Expected wait.
    QueueWait = "queueWait",
    /// Reassurance in the queue.
    QueueBrowse = "queueBrowse",
    /// Leaves the queue.
    QueueCancel = "queueCancel",
    /// An operator is being rung.
    Ringing = "ringing",
    /// An operator without a name.
    Operator = "operator",
    /// The visitor, for screen readers.
    You = "you",
    /// The operator is there.
    Online = "online",
    /// A running conversation goes back to a queue.
    Transferring = "transferring",
    /// Names the list of messages.
    Conversation = "conversation",
    /// The conversation began.
    Started = "started",
    /// An operator answered.
    Joined = "joined",
    /// The operator writes.
    Typing = "typing",
    /// Day separator.
    Today = "today",
    /// Day separator.
    Yesterday = "yesterday",
    /// The pill while scrolled up.
    NewMessages = "newMessages",
    /// The pill when nothing is new.
    Jump = "jump",
    /// Draws what was written before.
    EarlierMessages = "earlierMessages",
    /// Opens what else can be done with a conversation.
    ChatMenu = "chatMenu",
    /// Sends the conversation by mail.
    RecapMail = "recapMail",
    /// Saves the conversation as a text.
    RecapDownload = "recapDownload",
    /// How the saved file's name begins.
    RecapFile = "recapFile",
    /// The title of the card that asks where to.
    RecapTitle = "recapTitle",
    /// The field's label.
    RecapAddress = "recapAddress",
    /// Sends it.
    RecapSubmit = "recapSubmit",
    /// It is on its way.
    RecapSent = "recapSent",
    /// No mail address.
    RecapInvalid = "recapInvalid",
    /// The server sends no mail.
    RecapOff = "recapOff",
    /// It has been sent too often.
    RecapLimit = "recapLimit",
    /// No operator has answered yet.
    RecapEarly = "recapEarly",
    /// Asks how it was.
    RateTitle = "rateTitle",
    /// The worst of five.
    Rate1 = "rate1",
    /// The second of five.
    Rate2 = "rate2",
    /// The third of five.
    Rate3 = "rate3",
    /// The fourth of five.
    Rate4 = "rate4",
    /// The best of five.
    Rate5 = "rate5",
    /// The comment's label.
    RateComment = "rateComment",
    /// Sends the rating.
    RateSend = "rateSend",
    /// The rating was sent.
    RateThanks = "rateThanks",
    /// Keeps the conversation open.
    InactiveHere = "inactiveHere",
    /// It ended because nobody wrote.
    EndedInactive = "endedInactive",
    /// It ended because it had lasted long enough.
    EndedDuration = "endedDuration",
    /// Chooses files to send.
    FileAttach = "fileAttach",
    /// Where files are dropped.
    FileDrop = "fileDrop",
    /// Which files can be sent.
    FileLimits = "fileLimits",
    /// A file waits for the one before it.
    FileWaiting = "fileWaiting",
    /// A file is on its way.
    FileSending = "fileSending",
    /// Gives a file up.
    FileCancel = "fileCancel",
    /// The page was left before a file had arrived.
    FileLost = "fileLost",
    /// Chooses the file again.
    FileChoose = "fileChoose",
    /// The server looks at a file.
    FileScanning = "fileScanning",
    /// A type that is not taken.
    FileType = "fileType",
    /// Too big, or empty.
    FileSize = "fileSize",
    /// A name that is not taken.
    FileName = "fileName",
    /// A file that would do harm.
    FileInfected = "fileInfected",
    /// The upload took too long.
    FileExpired = "fileExpired",
    /// Said before a file's name.
    FileFetch = "fileFetch",
    /// The conversation went on to another operator.
    Passed = "passed",
    /// Names what is played while waiting.
    WelcomeMedia = "welcomeMedia",
    /// Said once for what was written before.
    History = "history",
    /// Said while the panel is closed.
    MessageFrom = "messageFrom",
    /// The composer's name and hint.
    Compose = "compose",
    /// Sends.
    Send = "send",
    /// Near the limit.
    Remaining = "remaining",
    /// Past the limit.
    Excess = "excess",
    /// Delivery.
    Sending = "sending",
    /// Delivery.
    Sent = "sent",
    /// Delivery.
    Delivered = "delivered",
    /// Delivery.
    Read = "read",
    /// Delivery.
    Failed = "failed",
    /// Sends again.
    Retry = "retry",
    /// Deletes what was not sent.
    Discard = "discard",
    /// Ends the conversation.
    End = "end",
    /// Asks first.
    EndTitle = "endTitle",
    /// Explains.
    EndText = "endText",
    /// Confirms.
    EndConfirm = "endConfirm",
    /// Keeps chatting.
    EndCancel = "endCancel",
    /// The conversation is over.
    EndedTitle = "endedTitle",
    /// Below it.
    EndedText = "endedText",
    /// Begins anew.
    NewConversation = "newConversation",
    /// Warns before the end.
    Inactive = "inactive",
    /// Warns where no time is known.
    InactiveSoon = "inactiveSoon",
    /// Warns before the end.
    MaxDuration = "maxDuration",
    /// Connection.
    Connecting = "connecting",
    /// Connection.
    Offline = "offline",
    /// Connection.
    Reconnecting = "reconnecting",
    /// Connection.
    ReconnectingIn = "reconnectingIn",
    /// Connection.
    Stopped = "stopped",
    /// The server forgot the contact.
    Lost = "lost",
    /// The operator sends a page.
    ToUrlTitle = "toUrlTitle",
    /// Opens it here.
    ToUrlOpen = "toUrlOpen",
    /// Opens it elsewhere.
    ToUrlOpenNew = "toUrlOpenNew",
    /// Does not.
    ToUrlDismiss = "toUrlDismiss",
    /// Warns about a foreign host.
    ToUrlForeign = "toUrlForeign",
    /// Said after a link.
    OpensNewTab = "opensNewTab",
    /// Something went wrong.
    ErrorTitle = "errorTitle",
    /// For the site's developer.
    ErrorConfig = "errorConfig",
    /// An error without better words.
    ErrorGeneric = "errorGeneric",
    /// No connection.
    ErrorNetwork = "errorNetwork",
    /// Refused: no operator.
    ErrorOutOfService = "errorOutOfService",
    /// Refused: closed.
    ErrorOvertime = "errorOvertime",
    /// Refused: not offered.
    ErrorUnavailable = "errorUnavailable",
    /// Refused: too much.
    ErrorBusy = "errorBusy",
    /// Refused: too long.
    ErrorTooLong = "errorTooLong",
    /// Refused: over.
    ErrorClosed = "errorClosed",
    /// The server does not want this page.
    ErrorRefused = "errorRefused",
    /// The video channel.
    Video = "video",
    /// What the video channel is for.
    VideoHelp = "videoHelp",
    /// The audio channel.
    PhoneCall = "phoneCall",
    /// What the audio channel is for.
    PhoneCallHelp = "phoneCallHelp",
    /// Leads to the check of devices and line.
    CheckLink = "checkLink",
    /// The check's title before a call.
    CheckTitle = "checkTitle",
    /// The browser asks for a permission.
    CheckAsking = "checkAsking",
    /// Said when a call takes long to begin.
    AllowHint = "allowHint",
    /// A microphone, and the button that holds it back.
    Microphone = "microphone",
    /// A camera, and the button that gives it back.
    Camera = "camera",
    /// A speaker.
    Speaker = "speaker",
    /// A device without a name.
    Device = "device",
    /// Names the meter.
    MicrophoneLevel = "microphoneLevel",
    /// Below the meter.
    MicrophoneHint = "microphoneHint",
    /// Lets a sound be heard.
    SpeakerTest = "speakerTest",
    /// Tries the line.
    TestStart = "testStart",
    /// While the line is tried.
    TestRunning = "testRunning",
    /// Stops it.
    Stop = "stop",
    /// What came of it.
    TestGood = "testGood",
    /// What came of it.
    TestFair = "testFair",
    /// What came of it.
    TestPoor = "testPoor",
    /// The figures.
    TestFigures = "testFigures",
    /// The way goes through a relay.
    TestRelayed = "testRelayed",
    /// Calls.
    CallNow = "callNow",
    /// Leaves.
    Done = "done",
    /// A device cannot be had.
    MicrophoneDenied = "microphoneDenied",
    /// A device cannot be had.
    CameraDenied = "cameraDenied",
    /// A device cannot be had.
    MicrophoneMissing = "microphoneMissing",
    /// A device cannot be had.
    CameraMissing = "cameraMissing",
    /// A device cannot be had.
    MicrophoneInUse = "microphoneInUse",
    /// A device cannot be had.
    CameraInUse = "cameraInUse",
    /// A screen cannot be shown.
    ScreenDenied = "screenDenied",
    /// This browser has no calls.
    CallsUnsupported = "callsUnsupported",
    /// What to do about a denied permission.
    AllowChrome = "allowChrome",
    /// The same in Edge.
    AllowEdge = "allowEdge",
    /// The same in Firefox.
    AllowFirefox = "allowFirefox",
    /// The same in Safari.
    AllowSafari = "allowSafari",
    /// The same elsewhere.
    AllowOther = "allowOther",
    /// What to do about a missing device.
    ConnectDevice = "connectDevice",
    /// What to do about a device in use.
    FreeDevice = "freeDevice",
    /// What to do where there are no calls.
    OtherBrowser = "otherBrowser",
    /// What to do where there is no way.
    OtherNetwork = "otherNetwork",
    /// A call goes on without a camera.
    WithoutCamera = "withoutCamera",
    /// There is no way to the other side.
    Unreachable = "unreachable",
    /// Another page has the call.
    TakenOver = "takenOver",
    /// Names the call's bar.
    CallTools = "callTools",
    /// Shows a screen.
    ShareScreen = "shareScreen",
    /// Devices in a call.
    Devices = "devices",
    /// Fills the screen.
    FullScreen = "fullScreen",
    /// Lets the picture float.
    PictureInPicture = "pictureInPicture",
    /// Goes back; the call goes on.
    Minimise = "minimise",
    /// Ends a call.
    HangUp = "hangUp",
    /// Names the keypad.
    Keypad = "keypad",
    /// Plays what the browser holds back.
    SoundOn = "soundOn",
    /// Names the visitor's own picture.
    OwnPicture = "ownPicture",
    /// Names the other side's picture.
    OtherPicture = "otherPicture",
    /// The other side is silent.
    OtherMuted = "otherMuted",
    /// The sound is on its way.
    CallConnecting = "callConnecting",
    /// The way was lost.
    CallReconnecting = "callReconnecting",
    /// The call is on hold.
    OnHold = "onHold",
    /// More than two talk.
    Conference = "conference",
    /// The visitor shows a screen.
    ScreenShown = "screenShown",
    /// Advice.
    AdviceCamera = "adviceCamera",
    /// Advice.
    AdviceNetwork = "adviceNetwork",
    /// Advice.
    AdviceDelay = "adviceDelay",
    /// Names the quality bars.
    Quality = "quality",
    /// A quality.
    QualityGood = "qualityGood",
    /// A quality.
    QualityFair = "qualityFair",
    /// A quality.
    QualityPoor = "qualityPoor",
    /// The call is over.
    CallEnded = "callEnded",
    /// Below it.
    CallLasted = "callLasted",
    /// Calls again.
    CallAgain = "callAgain",
    /// Names the small call.
    YourCall = "yourCall",
    /// Goes to the call.
    ReturnCall = "returnCall",
    /// A call of an earlier page.
    CallElsewhere = "callElsewhere",
    /// An operator calls.
    InvitedVideo = "invitedVideo",
    /// An operator calls.
    InvitedAudio = "invitedAudio",
    /// Takes the call.
    Accept = "accept",
    /// Does not.
    Decline = "decline",
    /// The channel of calls back.
    Callback = "callback",
    /// What it is for.
    CallbackHelp = "callbackHelp",
    /// The channel of mails.
    Mail = "mail",
    /// What it is for.
    MailHelp = "mailHelp",
    /// Above what is offered instead of a closed channel.
    Instead = "instead",
    /// Above the questions before a contact.
    FormIntro = "formIntro",
    /// Beside a question that may be left out.
    FormOptional = "formOptional",
    /// Beside a question that may not.
    FormRequired = "formRequired",
    /// A question.
    FormName = "formName",
    /// A question.
    FormMail = "formMail",
    /// A question.
    FormPhone = "formPhone",
    /// A question.
    FormSubject = "formSubject",
    /// A question.
    FormMessage = "formMessage",
    /// A question.
    FormAbout = "formAbout",
    /// The empty choice.
    FormChoose = "formChoose",
    /// Leads to what is agreed to.
    FormPrivacy = "formPrivacy",
    /// Begins a chat.
    FormStart = "formStart",
    /// Goes on to a call.
    FormContinue = "formContinue",
    /// A mistake.
    FormMissing = "formMissing",
    /// A mistake.
    FormUnchosen = "formUnchosen",
    /// A mistake.
    FormUnticked = "formUnticked",
    /// A mistake.
    FormBadMail = "formBadMail",
    /// A mistake.
    FormBadPhone = "formBadPhone",
    /// How many mistakes there are.
    FormSummary = "formSummary",
    /// While what was written waits for a connection.
    FormOffline = "formOffline",
    /// Sends a mail.
    MailSend = "mailSend",
    /// A mail was sent.
    MailDone = "mailDone",
    /// Where the answer goes.
    MailDoneText = "mailDoneText",
    /// Another mail.
    MailAgain = "mailAgain",
    /// Asks to be called.
    CallbackSend = "callbackSend",
    /// A question.
    CallbackWhen = "callbackWhen",
    /// A choice.
    CallbackSoon = "callbackSoon",
    /// A question.
    CallbackTime = "callbackTime",
    /// Below the times.
    CallbackZone = "callbackZone",
    /// Day and time together.
    CallbackAt = "callbackAt",
    /// A mistake.
    CallbackTaken = "callbackTaken",
    /// A callback was taken.
    CallbackDone = "callbackDone",
    /// When and where.
    CallbackDoneSoon = "callbackDoneSoon",
    /// When and where.
    CallbackDoneAt = "callbackDoneAt",
    /// Another callback.
    CallbackAgain = "callbackAgain",
    /// Above the number of a request.
    Reference = "reference",
    /// Copies it.
    Copy = "copy",
    /// It is copied.
    Copied = "copied",
    /// Instead of waiting on.
    QueueCallback = "queueCallback",
    /// The queue was left for a callback.
    QueueLeft = "queueLeft",
}
