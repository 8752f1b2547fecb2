//! `WidgetConf` as a site owner meets it: what is accepted, what is refused, and in which words.

use std::time::Duration;

use serde_json::{Value, json};
use tvox_widget::core::config::{
    Graphics, IceGatherPolicy, Jitter, Mode, Persist, Position, RetryOptions, RetryStrategy,
    ServiceForm, Theme, TrickleIcePolicy, Webrtc,
};
use tvox_widget::core::model::{ChannelType, CustomerInfo, Form, FormFieldKind};
use tvox_widget::core::{Error, WidgetConf};

#[test]
fn the_sample_of_the_reference_is_read_with_its_misspelt_description() {
    let conf = read(json!({
        "server": { "url": "https://contact.example.com" },
        "servicesConfiguration": [{
            "type": "CHAT",
            "services": [
                { "code": "service0001", "descritpion": "Commercial service" },
                { "code": "service0002", "descritpion": "Support service" },
            ],
        }],
        "customerInfo": {
            "customerDisplayName": "Mario Rossi",
            "customerValue": "rossimario@example.com",
        },
    }));
    let offered: Vec<_> = conf.services(&ChannelType::Chat).collect();
    assert_eq!(offered[1].code, "service0002");
    assert_eq!(offered[1].description, "Support service");
    let customer = conf.customer_info.unwrap();
    assert_eq!(**customer.customer_display_name.as_ref().unwrap(), *"Mario Rossi");
    assert_eq!(**customer.customer_value.as_ref().unwrap(), *"rossimario@example.com");
    assert_eq!(customer.customer_company, None);
}

#[test]
fn what_is_left_out_or_null_has_the_documented_default() {
    let mut given = least();
    for name in ["webrtc", "heartbeatInterval", "retryOptions"] {
        given["server"][name] = Value::Null;
    }
    given["customerInfo"] = Value::Null;
    given["graphics"] = Value::Null;
    for conf in [read(least()), read(given)] {
        assert_eq!(conf.server.webrtc, None);
        assert_eq!(conf.server.heartbeat_interval, Duration::from_millis(5_000));
        let retry = conf.server.retry_options;
        assert_eq!(retry.strategy, RetryStrategy::Fixed);
        assert_eq!(retry.interval, Duration::from_secs(10));
        assert_eq!(retry.jitter, Jitter::None);
        assert_eq!(retry.max_attempts, None);
        assert!(retry.fast_first && retry.pause_offline && !retry.pause_hidden);
        assert_eq!(retry.connect_timeout, Duration::from_secs(10));
        assert_eq!(retry.stable, Duration::from_secs(10));
        assert_eq!(conf.customer_info, None);
        assert_eq!(conf.graphics, None);
        assert_eq!(conf.persist, None);
    }
}

#[test]
fn every_field_can_be_given() {
    let conf = read(everything());
    assert_eq!(conf.server.socket_url(), "ws://localhost:8080/tvox/widget");
    assert_eq!(
        conf.server.webrtc,
        Some(Webrtc {
            enabled: true,
            trickle_ice_policy: TrickleIcePolicy::HalfTrickle,
            ice_gather_policy: IceGatherPolicy::Relay,
        })
    );
    assert_eq!(conf.server.heartbeat_interval, Duration::from_secs(20));
    assert_eq!(
        conf.server.retry_options,
        RetryOptions {
            strategy: RetryStrategy::Exponential,
            interval: Duration::from_secs(2),
            max_interval: Duration::from_secs(40),
            jitter: Jitter::None,
            max_attempts: Some(7),
            fast_first: false,
            connect_timeout: Duration::from_secs(4),
            stable: Duration::from_secs(3),
            pause_offline: false,
            pause_hidden: true,
        }
    );
    let channels: Vec<_> =
        conf.services_configuration.iter().map(|entry| entry.channel.as_str()).collect();
    assert_eq!(channels, ["PHONE_CALL", "VIDEO", "CHAT", "MAIL", "CALLBACK"]);
    let customer = conf.customer_info.unwrap();
    assert_eq!(**customer.customer_company.as_ref().unwrap(), *"Cantiere Nord");
    assert_eq!(conf.persist, Some(Persist::Local));
    let graphics = conf.graphics.unwrap();
    assert_eq!(graphics.color.unwrap().to_string(), "#0a7d5c");
    assert_eq!(
        (graphics.theme, graphics.position, graphics.mode),
        (Theme::Dark, Position::Left, Mode::Card)
    );
    assert_eq!((graphics.offset_x, graphics.offset_y), (8, 96));
    assert_eq!(graphics.texts.get("it").unwrap().get("launcher.open").unwrap(), "Scrivici");
}

#[test]
fn written_and_read_again_nothing_has_changed() {
    for given in [least(), everything()] {
        let conf = read(given);
        assert_eq!(WidgetConf::from_json(&conf.to_json()).unwrap(), conf);
    }
    let written: Value = serde_json::from_str(&read(everything()).to_json()).unwrap();
    assert_eq!(written["servicesConfiguration"][2]["type"], "CHAT");
    assert_eq!(written["servicesConfiguration"][2]["services"][0]["description"], "Orders");
    assert_eq!(written["server"]["retryOptions"]["intervalMs"], 2_000);
    assert_eq!(written["customerInfo"]["customerId"], "crm-4");
}

#[test]
fn the_ice_policies_are_accepted_by_number_and_by_name() {
    let policies = |trickle: Value, gather: Value| {
        let mut given = least();
        given["server"]["webrtc"] =
            json!({"enabled": true, "trickleIcePolicy": trickle, "iceGatherPolicy": gather});
        let webrtc = read(given).server.webrtc.unwrap();
        (webrtc.trickle_ice_policy, webrtc.ice_gather_policy)
    };
    let trickles = ["NotSupported", "FullTrickle", "HalfTrickle"];
    let gathers = ["All", "NoHost", "Relay"];
    for at in 0..3 {
        let by_number = policies(json!(at + 1), json!(at + 1));
        assert_eq!(by_number, policies(json!(trickles[at]), json!(gathers[at])));
        assert_eq!(by_number, (TrickleIcePolicy::ALL[at], IceGatherPolicy::ALL[at]));
    }
    let unsaid = (TrickleIcePolicy::FullTrickle, IceGatherPolicy::All);
    assert_eq!(policies(Value::Null, Value::Null), unsaid);
}

#[test]
fn growing_delays_have_defaults_of_their_own() {
    let retry = |options: Value| {
        let mut given = least();
        given["server"]["retryOptions"] = options;
        read(given).server.retry_options
    };
    assert_eq!(retry(json!({"strategy": "exponential"})), RetryOptions::exponential());
    assert_eq!(retry(json!({"intervalMs": 30_000})).max_interval, Duration::from_secs(30));
    let slow = retry(json!({"strategy": "exponential", "intervalMs": 90_000}));
    assert_eq!(slow.max_interval, Duration::from_secs(90));
}

#[test]
fn a_mistake_is_named_by_its_place_with_what_is_there_and_what_should_be() {
    let long = "x".repeat(129);
    let mistakes = [
        ("/server", json!(null), "server: expected an object, found nothing"),
        ("/server", json!([1]), "server: expected an object, found a list"),
        (
            "/server/url",
            json!(null),
            "server.url: expected an address such as https://contact.example.com, found nothing",
        ),
        (
            "/server/url",
            json!("http://example.com"),
            "server.url: expected https (http is for localhost, 127.0.0.1 and [::1] only), found \"http://example.com\"",
        ),
        (
            "/server/heartbeatInterval",
            json!(999),
            "server.heartbeatInterval: expected a whole number from 1000 to 60000, found 999",
        ),
        (
            "/server/heartbeatInterval",
            json!(60_001),
            "server.heartbeatInterval: expected a whole number from 1000 to 60000, found 60001",
        ),
        (
            "/server/heartbeatInterval",
            json!(1500.5),
            "server.heartbeatInterval: expected a whole number from 1000 to 60000, found a decimal number",
        ),
        (
            "/server/heartbeatInterval",
            json!("5000"),
            "server.heartbeatInterval: expected a whole number from 1000 to 60000, found a text",
        ),
        (
            "/server/webrtc/enabled",
            json!(null),
            "server.webrtc.enabled: expected true or false, found nothing",
        ),
        (
            "/server/webrtc/enabled",
            json!("yes"),
            "server.webrtc.enabled: expected true or false, found a text",
        ),
        (
            "/server/webrtc/trickleIcePolicy",
            json!(4),
            "server.webrtc.trickleIcePolicy: expected one of NotSupported, FullTrickle, HalfTrickle, or a number from 1 to 3, found 4",
        ),
        (
            "/server/webrtc/trickleIcePolicy",
            json!(0),
            "server.webrtc.trickleIcePolicy: expected one of NotSupported, FullTrickle, HalfTrickle, or a number from 1 to 3, found 0",
        ),
        (
            "/server/webrtc/iceGatherPolicy",
            json!("relay"),
            "server.webrtc.iceGatherPolicy: expected one of All, NoHost, Relay, or a number from 1 to 3, found \"relay\"",
        ),
        (
            "/server/retryOptions/strategy",
            json!("often"),
            "server.retryOptions.strategy: expected one of fixed, exponential, found \"often\"",
        ),
        (
            "/server/retryOptions/jitter",
            json!(true),
            "server.retryOptions.jitter: expected one of none, full, found true or false",
        ),
        (
            "/server/retryOptions/intervalMs",
            json!(10),
            "server.retryOptions.intervalMs: expected a whole number from 1000 to 86400000, found 10",
        ),
        (
            "/server/retryOptions/maxIntervalMs",
            json!(1_500),
            "server.retryOptions.maxIntervalMs: expected 2000 to 86400000 milliseconds, found 1500",
        ),
        (
            "/server/retryOptions/maxAttempts",
            json!(-1),
            "server.retryOptions.maxAttempts: expected a whole number from 0 to 4294967295, found -1",
        ),
        (
            "/server/retryOptions/fastFirst",
            json!(1),
            "server.retryOptions.fastFirst: expected true or false, found a number",
        ),
        (
            "/servicesConfiguration",
            json!(null),
            "servicesConfiguration: expected a list, found nothing",
        ),
        (
            "/servicesConfiguration",
            json!({}),
            "servicesConfiguration: expected a list, found an object",
        ),
        (
            "/servicesConfiguration/0",
            json!("CHAT"),
            "servicesConfiguration[0]: expected an object, found a text",
        ),
        (
            "/servicesConfiguration/2/type",
            json!("CHATT"),
            "servicesConfiguration[2].type: expected one of PHONE_CALL, VIDEO, CHAT, MAIL, CALLBACK, found \"CHATT\"",
        ),
        (
            "/servicesConfiguration/2/services",
            json!(null),
            "servicesConfiguration[2].services: expected a list, found nothing",
        ),
        (
            "/servicesConfiguration/2/services/1/code",
            json!(null),
            "servicesConfiguration[2].services[1].code: expected a service code, found nothing",
        ),
        (
            "/servicesConfiguration/2/services/1/code",
            json!(""),
            "servicesConfiguration[2].services[1].code: expected a service code without /, found \"\"",
        ),
        (
            "/servicesConfiguration/2/services/1/code",
            json!("a/b"),
            "servicesConfiguration[2].services[1].code: expected a service code without /, found \"a/b\"",
        ),
        (
            "/servicesConfiguration/2/services/1/description",
            json!(5),
            "servicesConfiguration[2].services[1].description: expected a text, found a number",
        ),
        (
            "/servicesConfiguration/2/services/1/description",
            json!(long),
            "servicesConfiguration[2].services[1].description: expected at most 128 characters, found 129",
        ),
        ("/customerInfo", json!("Mario Rossi"), "customerInfo: expected an object, found a text"),
        (
            "/customerInfo/customerId",
            json!(42),
            "customerInfo.customerId: expected a text, found a number",
        ),
        (
            "/customerInfo/customerCompany",
            json!(long),
            "customerInfo.customerCompany: expected at most 128 characters, found 129",
        ),
        (
            "/graphics/color",
            json!("teal"),
            "graphics.color: expected a colour such as #0a7d5c or #08f, found \"teal\"",
        ),
        (
            "/graphics/theme",
            json!("black"),
            "graphics.theme: expected one of auto, light, dark, found \"black\"",
        ),
        (
            "/graphics/offsetX",
            json!(2_001),
            "graphics.offsetX: expected a whole number from 0 to 2000, found 2001",
        ),
        (
            "/graphics/logo",
            json!("javascript:alert(1)"),
            "graphics.logo: expected an http(s) address, data:image/…, blob: or a path, found \"javascript:alert(1)\"",
        ),
        (
            "/graphics/font",
            json!("x;} body{"),
            "graphics.font: expected a CSS font-family, found \"x;} body{\"",
        ),
        (
            "/graphics/lang",
            json!("it_IT"),
            "graphics.lang: expected a language such as it or en-GB, found \"it_IT\"",
        ),
        (
            "/graphics/texts/it",
            json!("ciao"),
            "graphics.texts.it: expected an object, found a text",
        ),
        (
            "/graphics/texts/it/launcher.open",
            json!(["a"]),
            "graphics.texts.it.launcher.open: expected a text, found a list",
        ),
    ];
    for (place, wrong, message) in mistakes {
        let mut given = everything();
        *given.pointer_mut(place).unwrap() = wrong;
        let error = WidgetConf::from_json(&given.to_string()).expect_err(message);
        assert_eq!(error.to_string(), format!("configuration: {message}"));
        assert_eq!(error.code(), "CONFIG");
    }
}

#[test]
fn what_is_no_json_or_no_object_is_a_mistake_of_the_whole() {
    let error = WidgetConf::from_json("{\n  \"server\": oops }").unwrap_err();
    assert_eq!(
        error.to_string(),
        "configuration: WidgetConf: expected JSON, found a mistake at line 2, column 13"
    );
    let error = WidgetConf::from_json("[]").unwrap_err();
    assert_eq!(error.to_string(), "configuration: WidgetConf: expected an object, found a list");
    assert!(WidgetConf::from_json(&"[".repeat(100_000)).is_err());
}

#[test]
fn no_error_and_no_debug_output_repeats_what_is_known_of_the_customer() {
    let secret = "Ermengarda";
    for name in ["customerDisplayName", "customerValue", "customerPhoneNumber", "unheardOf"] {
        for wrong in [json!([secret]), json!({ secret: secret }), json!(secret.repeat(20))] {
            let mut given = least();
            given["customerInfo"] = json!({ name: wrong });
            let said = match WidgetConf::from_json_with_warnings(&given.to_string()) {
                Ok((conf, warnings)) => format!("{conf:?} {warnings:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!said.contains(secret), "{said}");
        }
    }
    assert!(!format!("{:?}", read(everything())).contains("Giulia"));
}

#[test]
fn unknown_fields_are_passed_over_and_listed() {
    let mut given = everything();
    given["theme"] = json!("dark");
    given["server"]["port"] = json!(443);
    given["server"]["nothing"] = Value::Null;
    given["server"]["webrtc"]["videoContainer"] = json!({});
    given["servicesConfiguration"][0]["services"][0]["colour"] = json!("red");
    let (conf, warnings) = WidgetConf::from_json_with_warnings(&given.to_string()).unwrap();
    assert_eq!(conf, read(everything()));
    let unknown = "is not known and was ignored";
    let mut listed = warnings.clone();
    listed.sort();
    assert_eq!(
        listed,
        [
            format!("server.port {unknown}"),
            format!("servicesConfiguration[0].services[0].colour {unknown}"),
            format!("theme {unknown}"),
        ]
    );
}

#[test]
fn what_is_hardly_meant_is_accepted_with_a_warning() {
    let warned = |given: Value| WidgetConf::from_json_with_warnings(&given.to_string()).unwrap();

    let mut nobody = least();
    nobody["servicesConfiguration"] = json!([]);
    assert_eq!(warned(nobody).1, ["servicesConfiguration is empty: there is nobody to contact"]);

    let mut twice = least();
    twice["servicesConfiguration"][0]["services"] =
        json!([{ "code": "a", "description": "One" }, { "code": "a", "description": "Two" }]);
    let (conf, warnings) = warned(twice);
    assert_eq!(
        warnings,
        ["servicesConfiguration[0].services[1].code is given twice; the first counts"]
    );
    assert_eq!(
        conf.services(&ChannelType::Chat).map(|it| &*it.description).collect::<Vec<_>>(),
        ["One"]
    );

    let mut nameless = least();
    nameless["customerInfo"] = json!({ "customerValue": "a@example.org" });
    assert_eq!(
        warned(nameless).1,
        ["customerInfo.customerDisplayName is missing: the operator sees an anonymous contact"]
    );
}

#[test]
fn a_service_without_a_description_is_called_by_its_code() {
    let mut given = least();
    given["servicesConfiguration"][0]["services"] = json!([{ "code": "harbour" }]);
    let conf = read(given);
    assert_eq!(conf.services(&ChannelType::Chat).next().unwrap().description, "harbour");
}

#[test]
fn only_what_is_configured_is_offered() {
    let conf = read(least());
    assert!(conf.offers("service0001", &ChannelType::Chat));
    assert!(!conf.offers("service0001", &ChannelType::Video));
    assert!(!conf.offers("service0002", &ChannelType::Chat));
}

#[test]
fn a_configuration_built_in_rust_obeys_the_same_rules() {
    let customer =
        CustomerInfo { customer_display_name: Some("Giulia".into()), ..CustomerInfo::default() };
    let conf = WidgetConf::builder("contact.example.com")
        .service(ChannelType::Chat, "service0001", "Orders")
        .service(ChannelType::Chat, "service0002", "Repairs")
        .heartbeat(Duration::from_secs(15))
        .retry(RetryOptions::exponential())
        .customer(customer)
        .graphics(Graphics { label: Some("Ask us".to_owned()), ..Graphics::default() })
        .build()
        .unwrap();
    assert_eq!(conf.services(&ChannelType::Chat).count(), 2);
    assert_eq!(WidgetConf::from_json(&conf.to_json()).unwrap(), conf);

    let field = |result: Result<WidgetConf, Error>| match result {
        Err(Error::Config(mistake)) => mistake.field,
        other => panic!("{other:?}"),
    };
    let builder = || WidgetConf::builder("https://contact.example.com");
    assert_eq!(field(WidgetConf::builder("http://contact.example.com").build()), "server.url");
    assert_eq!(field(builder().heartbeat(Duration::ZERO).build()), "server.heartbeatInterval");
    let busy = RetryOptions { interval: Duration::ZERO, ..RetryOptions::default() };
    assert_eq!(field(builder().retry(busy).build()), "server.retryOptions.intervalMs");
    let bad = builder().service(ChannelType::Mail, "a", "").service(ChannelType::Mail, "b/c", "");
    assert_eq!(field(bad.build()), "servicesConfiguration[0].services[1].code");
    let graphics = Graphics { lang: Some("english!".to_owned()), ..Graphics::default() };
    assert_eq!(field(builder().graphics(graphics).build()), "graphics.lang");
}

#[allow(clippy::needless_pass_by_value)] // `read(json!(…))` is what is read most
fn read(given: Value) -> WidgetConf {
    WidgetConf::from_json(&given.to_string()).unwrap()
}

fn least() -> Value {
    json!({
        "server": { "url": "https://contact.example.com" },
        "servicesConfiguration": [
            { "type": "CHAT", "services": [{ "code": "service0001", "description": "Orders" }] },
        ],
    })
}

fn everything() -> Value {
    let services = json!([
        { "code": "service0001", "description": "Orders" },
        { "code": "service0002", "description": "Repairs" },
    ]);
    json!({
        "server": {
            "url": "http://localhost:8080/",
            "webrtc": { "enabled": true, "trickleIcePolicy": 3, "iceGatherPolicy": "Relay" },
            "heartbeatInterval": 20_000,
            "retryOptions": {
                "strategy": "exponential", "intervalMs": 2_000, "maxIntervalMs": 40_000, "jitter": "none",
                "maxAttempts": 7, "fastFirst": false, "connectTimeoutMs": 4_000, "stableMs": 3_000,
                "pauseOffline": false, "pauseHidden": true,
            },
        },
        "servicesConfiguration": [
            { "type": "PHONE_CALL", "services": services },
            { "type": "VIDEO", "services": services },
            { "type": "CHAT", "services": services },
            { "type": "MAIL", "services": services },
            { "type": "CALLBACK", "services": services },
        ],
        "customerInfo": {
            "customerDisplayName": "Giulia Ferraro", "customerFirstName": "Giulia",
            "customerLastName": "Ferraro", "customerId": "crm-4",
            "customerValue": "giulia.ferraro@example.org", "customerPhoneNumber": "+390400000000",
            "customerCompany": "Cantiere Nord",
        },
        "persist": "local",
        "graphics": {
            "title": "Ask the yard", "subtitle": "We answer from nine to five", "logo": "/logo.svg",
            "color": "#0a7d5c", "theme": "dark", "position": "left", "offsetX": 8, "offsetY": 96,
            "launcher": "none", "label": "Ask us", "font": "Georgia, serif", "mode": "card", "lang": "en-GB",
            "texts": { "it": { "launcher.open": "Scrivici" } },
        },
    })
}

fn with_form(form: &str) -> Result<WidgetConf, Error> {
    WidgetConf::from_json(&format!(
        r#"{{ "server": {{ "url": "http://localhost" }}, "servicesConfiguration": [
            {{ "type": "CHAT", "form": {form}, "services": [
                {{ "code": "a" }}, {{ "code": "b", "form": false }},
                {{ "code": "c", "form": {{ "fields": [] }} }}
            ] }},
            {{ "type": "MAIL", "services": [{{ "code": "a" }}] }}
        ] }}"#
    ))
}

#[test]
fn a_services_form_wins_over_its_channels_and_both_over_the_servers() {
    let form = r#"{
        "fields": [
            { "key": "customerDisplayName", "label": "Name", "required": true, "autocomplete": "name" },
            { "key": "topic", "type": "select", "options": [{ "value": "x" }, { "value": "y", "label": "Y" }] }
        ],
        "consent": { "text": "I agree.", "link": "/privacy", "required": true }
    }"#;
    let conf = with_form(form).unwrap();
    let ServiceForm::Asked(asked) = conf.form("a", &ChannelType::Chat) else { panic!("no form") };
    assert_eq!(asked.fields[0].key, "customerDisplayName");
    assert_eq!(asked.fields[1].kind, FormFieldKind::Select);
    assert_eq!(asked.fields[1].options[0].label, "x");
    assert_eq!(asked.consent.as_ref().unwrap().link.as_deref(), Some("/privacy"));
    assert_eq!(conf.form("b", &ChannelType::Chat), &ServiceForm::Nothing);
    assert_eq!(conf.form("c", &ChannelType::Chat), &ServiceForm::Asked(Form::default()));
    assert_eq!(conf.form("a", &ChannelType::Mail), &ServiceForm::Server, "the server is asked");
    assert_eq!(WidgetConf::from_json(&conf.to_json()).unwrap(), conf);
}

#[test]
fn a_mistake_in_a_form_is_named_where_it_stands() {
    let field = |form: &str| {
        let Error::Config(mistake) = with_form(form).unwrap_err() else { panic!("{form}") };
        mistake.field
    };
    let at = |rest: &str| format!("servicesConfiguration[0].form{rest}");
    assert_eq!(field("7"), at(""));
    assert_eq!(field(r#"{ "fields": [{ "key": "" }] }"#), at(".fields[0].key"));
    assert_eq!(field(r#"{ "fields": [{ "key": "x", "type": "date" }] }"#), at(".fields[0].type"));
    assert_eq!(
        field(r#"{ "fields": [{ "key": "x", "type": "select" }] }"#),
        at(".fields[0].options")
    );
    assert_eq!(field(r#"{ "consent": { "link": "/x" } }"#), at(".consent.text"));
}
