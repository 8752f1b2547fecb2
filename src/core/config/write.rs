//! The configuration as JSON: what is read back gives the same configuration.

use super::{Graphics, RetryOptions, Server, ServiceForm, WidgetConf};
use crate::core::json::Writer;
use crate::core::time::millis;

pub(super) fn conf(conf: &WidgetConf) -> String {
    let mut it = Writer::new();
    it.object("server");
    server(&mut it, &conf.server);
    it.end();
    it.list("servicesConfiguration");
    for entry in &conf.services_configuration {
        it.item();
        it.text("type", entry.channel.as_str());
        it.list("services");
        for service in &entry.services {
            it.item();
            it.text("code", &service.code);
            it.text("description", &service.description);
            form(&mut it, &service.form);
            it.end();
        }
        it.end_list();
        form(&mut it, &entry.form);
        it.end();
    }
    it.end_list();
    if let Some(customer) = &conf.customer_info {
        it.object("customerInfo");
        for (name, text) in customer.texts() {
            it.text(name, text);
        }
        it.end();
    }
    it.optional("persist", conf.persist.map(|persist| persist.as_str()));
    if let Some(graphics) = &conf.graphics {
        it.object("graphics");
        self::graphics(&mut it, graphics);
        it.end();
    }
    it.finish()
}

fn form(it: &mut Writer, form: &ServiceForm) {
    let form = match form {
        ServiceForm::Server => return,
        ServiceForm::Nothing => return it.flag("form", false),
        ServiceForm::Asked(form) => form,
    };
    it.object("form");
    it.list("fields");
    for field in &form.fields {
        it.item();
        it.text("key", &field.key);
        it.text("type", field.kind.as_str());
        it.optional("label", field.label.as_deref());
        it.flag("required", field.required);
        it.optional("autocomplete", field.autocomplete.as_deref());
        it.list("options");
        for option in &field.options {
            it.item();
            it.text("value", &option.value);
            it.text("label", &option.label);
            it.end();
        }
        it.end_list();
        it.end();
    }
    it.end_list();
    if let Some(consent) = &form.consent {
        it.object("consent");
        it.text("text", &consent.text);
        it.optional("link", consent.link.as_deref());
        it.flag("required", consent.required);
        it.end();
    }
    it.end();
}

fn server(it: &mut Writer, server: &Server) {
    it.text("url", &server.url.to_string());
    if let Some(webrtc) = &server.webrtc {
        it.object("webrtc");
        it.flag("enabled", webrtc.enabled);
        it.text("trickleIcePolicy", webrtc.trickle_ice_policy.as_str());
        it.text("iceGatherPolicy", webrtc.ice_gather_policy.as_str());
        it.end();
    }
    it.number("heartbeatInterval", millis(server.heartbeat_interval));
    it.object("retryOptions");
    retry(it, &server.retry_options);
    it.end();
}

fn retry(it: &mut Writer, retry: &RetryOptions) {
    it.text("strategy", retry.strategy.as_str());
    it.number("intervalMs", millis(retry.interval));
    it.number("maxIntervalMs", millis(retry.max_interval));
    it.text("jitter", retry.jitter.as_str());
    if let Some(attempts) = retry.max_attempts {
        it.number("maxAttempts", attempts.into());
    }
    it.flag("fastFirst", retry.fast_first);
    it.number("connectTimeoutMs", millis(retry.connect_timeout));
    it.number("stableMs", millis(retry.stable));
    it.flag("pauseOffline", retry.pause_offline);
    it.flag("pauseHidden", retry.pause_hidden);
}

fn graphics(it: &mut Writer, graphics: &Graphics) {
    it.optional("title", graphics.title.as_deref());
    it.optional("subtitle", graphics.subtitle.as_deref());
    it.optional("logo", graphics.logo.as_deref());
    it.optional("color", graphics.color.map(|color| color.to_string()).as_deref());
    it.text("theme", graphics.theme.as_str());
    it.text("position", graphics.position.as_str());
    it.number("offsetX", graphics.offset_x.into());
    it.number("offsetY", graphics.offset_y.into());
    it.text("launcher", graphics.launcher.as_str());
    it.optional("label", graphics.label.as_deref());
    it.optional("font", graphics.font.as_deref());
    it.text("mode", graphics.mode.as_str());
    it.optional("lang", graphics.lang.as_deref());
    it.object("texts");
    for (lang, texts) in graphics.texts.iter() {
        it.object(lang);
        for (key, text) in texts.iter() {
            it.text(key, text);
        }
        it.end();
    }
    it.end();
}
