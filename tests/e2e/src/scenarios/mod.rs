//! What must hold, each as a sentence.

mod access;
mod call_screen;
mod calls;
mod chat;
mod continuity;
mod demos;
mod ending;
mod faults;
mod figures;
mod files;
mod forms;
mod gallery;
mod languages;
mod library;
mod long;
mod policy;
mod reference;
mod senses;
mod soak;
mod states;
mod tabs;
mod transfer;
mod trouble;
mod webrtc;

use crate::catalogue;
use crate::runner::Scenario;
use crate::stage::Setup;

/// A scenario named after its function.
macro_rules! scenario {
    ($setup:expr, $module:ident :: $name:ident) => {
        Scenario {
            name: stringify!($name),
            setup: $setup,
            play: |stage| Box::pin($module::$name(stage)),
        }
    };
}

/// Every state of a tour, looked at by the judge.
macro_rules! states {
    ($name:literal, $tour:expr) => {
        Scenario {
            name: $name,
            setup: $tour.setup,
            play: |stage| Box::pin(states::judged(stage, &$tour)),
        }
    };
}

/// People only.
const PEOPLE: Setup =
    Setup { echo: false, config: None, coturn: false, reference: false, long: false };
/// The automatic operator as well.
const ECHO: Setup = Setup { echo: true, ..PEOPLE };
/// The services and channels that the reference's samples speak of.
const REFERENCE: Setup =
    Setup { config: Some("tests/reference/server.toml"), reference: true, ..ECHO };
/// For as long as it takes.
const LONG: Setup = Setup { long: true, ..PEOPLE };
/// Calls go through coturn, where they ask for a relay.
const COTURN: Setup = Setup { coturn: true, ..PEOPLE };
/// An operator for many visitors, who writes without a break.
const CROWD: Setup = Setup { config: Some("tests/e2e/faults.toml"), ..LONG };
/// An automatic operator in a hurry.
const HURRY: Setup = Setup { config: Some("tests/e2e/hurry.toml"), ..ECHO };

/// Services that differ in what they ask and when they are open.
const FORMS: Setup = Setup { config: Some("tests/e2e/forms.toml"), ..PEOPLE };
/// With an operator who answers only when told.
const STATES: Setup = Setup { config: Some("tests/e2e/states.toml"), ..PEOPLE };
/// Whoever falls silent is soon asked whether she is still there.
const SILENCE: Setup = Setup { config: Some("tests/e2e/silence.toml"), ..PEOPLE };

/// All of them, the quick ones first.
pub(crate) fn all() -> Vec<Scenario> {
    vec![
        scenario!(PEOPLE, policy::a_blocked_inline_script_is_noticed),
        scenario!(PEOPLE, policy::nothing_is_stored_or_connected_before_the_visitor_acts),
        scenario!(PEOPLE, library::the_library_keeps_its_word_in_a_page),
        scenario!(PEOPLE, trouble::a_wrong_configuration_is_named_on_the_screen),
        scenario!(PEOPLE, chat::messages_go_both_ways_with_queue_typing_and_receipts),
        scenario!(PEOPLE, chat::the_position_in_the_queue_falls_when_another_leaves),
        scenario!(PEOPLE, chat::the_operator_of_the_chosen_service_is_asked),
        scenario!(ECHO, chat::the_echo_operator_answers_where_nobody_else_does),
        scenario!(PEOPLE, chat::the_operator_ends_the_conversation),
        scenario!(PEOPLE, chat::the_visitor_ends_the_conversation_after_a_question),
        scenario!(PEOPLE, chat::a_proposed_page_opens_only_after_a_yes),
        scenario!(PEOPLE, chat::the_operator_sees_the_pages_that_the_visitor_saw),
        scenario!(FORMS, forms::a_form_is_filled_in_before_a_chat_at_a_desk),
        scenario!(FORMS, forms::a_form_is_filled_in_before_a_chat_on_a_phone),
        scenario!(FORMS, forms::what_was_typed_is_not_asked_for_again),
        scenario!(FORMS, forms::a_mail_over_a_cut_line_becomes_one_ticket),
        scenario!(FORMS, forms::a_closed_service_offers_the_next_best),
        scenario!(FORMS, forms::who_waits_is_called_back_instead_at_a_desk),
        scenario!(FORMS, forms::who_waits_is_called_back_instead_on_a_phone),
        scenario!(PEOPLE, languages::each_language_loads_its_own_file_and_no_other),
        scenario!(PEOPLE, languages::a_change_of_language_disturbs_no_conversation),
        scenario!(PEOPLE, languages::arabic_is_laid_out_from_right_to_left),
        scenario!(PEOPLE, languages::no_language_is_too_long_for_the_panel),
        scenario!(PEOPLE, files::chosen_files_reach_the_operator),
        scenario!(PEOPLE, files::chosen_files_reach_the_operator_from_a_phone),
        scenario!(PEOPLE, files::a_refused_file_says_why),
        scenario!(PEOPLE, files::a_file_that_the_page_took_along_is_said_to_be_lost),
        scenario!(PEOPLE, ending::a_copy_goes_by_mail_while_the_conversation_runs),
        scenario!(PEOPLE, ending::an_ended_conversation_is_rated_and_kept),
        scenario!(PEOPLE, ending::an_ended_conversation_is_rated_and_kept_on_a_phone),
        scenario!(SILENCE, ending::whoever_falls_silent_is_warned_and_may_say_so),
        scenario!(PEOPLE, continuity::a_reload_keeps_the_conversation),
        scenario!(PEOPLE, continuity::another_page_keeps_the_conversation),
        scenario!(PEOPLE, continuity::a_reload_of_the_console_keeps_the_conversation),
        scenario!(PEOPLE, continuity::a_page_without_a_connection_shows_and_keeps_everything),
        scenario!(PEOPLE, continuity::a_dropped_line_heals_within_two_seconds),
        scenario!(PEOPLE, continuity::a_killed_and_restarted_server_loses_nothing),
        scenario!(PEOPLE, tabs::a_second_tab_shows_the_same_conversation),
        scenario!(PEOPLE, tabs::a_tab_that_was_open_before_joins_the_conversation),
        scenario!(PEOPLE, tabs::one_of_the_tabs_rings),
        scenario!(PEOPLE, tabs::forgetting_in_one_tab_wipes_the_other),
        scenario!(PEOPLE, trouble::malformed_frames_and_unknown_events_do_no_harm),
        scenario!(PEOPLE, trouble::an_unreachable_server_is_told_and_found_again),
        scenario!(PEOPLE, faults::twenty_faults_lose_double_and_reorder_nothing),
        scenario!(CROWD, figures::a_short_loss_heals_at_once),
        scenario!(CROWD, figures::a_silent_loss_is_noticed_and_healed),
        scenario!(CROWD, figures::a_woken_page_has_a_new_connection_at_once),
        scenario!(CROWD, figures::ten_thousand_missed_messages_are_caught_up_with),
        scenario!(CROWD, long::ten_thousand_messages_scroll_smoothly),
        scenario!(LONG, faults::five_hundred_faults_lose_double_and_reorder_nothing),
        scenario!(
            PEOPLE,
            call_screen::a_visitor_calls_from_the_widget_and_decides_what_is_heard_and_seen
        ),
        scenario!(PEOPLE, call_screen::a_chat_beside_the_call_is_with_the_same_operator),
        scenario!(PEOPLE, call_screen::a_reload_offers_the_call_back_and_the_operator_may_end_it),
        scenario!(PEOPLE, call_screen::the_picture_floats_while_the_visitor_browses_on),
        scenario!(PEOPLE, call_screen::no_state_of_a_call_breaks_a_rule_in_light),
        scenario!(PEOPLE, call_screen::no_state_of_a_call_breaks_a_rule_in_dark),
        scenario!(PEOPLE, transfer::a_conversation_passed_on_loses_and_doubles_nothing),
        scenario!(PEOPLE, transfer::a_call_passed_on_is_heard_and_seen_with_the_next_operator),
        scenario!(PEOPLE, calls::a_video_call_is_heard_and_seen_on_both_sides),
        scenario!(PEOPLE, calls::an_audio_call_is_heard_on_both_sides),
        scenario!(PEOPLE, calls::a_muted_operator_is_heard_as_silence),
        scenario!(PEOPLE, calls::the_operators_camera_goes_off_and_on),
        scenario!(PEOPLE, calls::a_held_call_is_silent_and_goes_on),
        scenario!(PEOPLE, calls::the_operator_makes_an_audio_call_one_with_video),
        scenario!(PEOPLE, calls::the_operator_shares_her_screen),
        scenario!(PEOPLE, calls::a_reload_of_the_console_takes_the_call_up_again),
        scenario!(PEOPLE, calls::an_operator_without_devices_still_answers),
        scenario!(PEOPLE, calls::the_operators_lost_connection_does_no_harm_to_a_call),
        scenario!(PEOPLE, calls::a_call_goes_through_the_servers_own_relay_alone),
        scenario!(COTURN, calls::a_call_goes_through_coturn_alone),
        scenario!(COTURN, calls::the_operator_asks_anew_where_the_path_goes_dead),
        scenario!(HURRY, calls::the_automatic_operator_sends_sound_and_picture_back),
        scenario!(PEOPLE, webrtc::the_librarys_video_call_is_heard_and_seen_on_both_sides),
        scenario!(PEOPLE, webrtc::the_librarys_audio_call_is_heard_on_both_sides),
        scenario!(PEOPLE, webrtc::the_visitor_mutes_microphone_and_camera),
        scenario!(PEOPLE, webrtc::every_policy_for_candidates_connects),
        scenario!(PEOPLE, webrtc::the_library_calls_through_the_servers_own_relay_alone),
        scenario!(COTURN, webrtc::the_library_finds_another_way_through_coturn),
        scenario!(PEOPLE, webrtc::the_visitors_lost_connection_does_no_harm_to_a_call),
        scenario!(PEOPLE, webrtc::a_call_between_browsers_outlives_the_server),
        scenario!(PEOPLE, webrtc::a_reloaded_page_joins_its_call_again),
        scenario!(PEOPLE, webrtc::the_visitor_takes_another_microphone),
        scenario!(PEOPLE, webrtc::the_visitor_shows_a_screen),
        scenario!(PEOPLE, webrtc::a_call_without_a_microphone_is_refused_with_the_reason),
        scenario!(PEOPLE, webrtc::a_missing_camera_is_named_and_the_call_goes_on),
        scenario!(PEOPLE, webrtc::a_sound_that_waits_for_a_click_is_told_of),
        scenario!(HURRY, webrtc::ten_calls_in_a_row_leave_nothing_behind),
        scenario!(Setup { long: true, ..HURRY }, webrtc::fifty_calls_in_a_row_leave_nothing_behind),
        scenario!(HURRY, webrtc::the_first_picture_comes_as_soon_as_by_hand),
        scenario!(PEOPLE, demos::the_bots_conversation_reaches_the_operator_whole),
        scenario!(PEOPLE, demos::the_headless_demo_follows_the_services),
        scenario!(PEOPLE, demos::the_video_demo_shows_what_becomes_of_a_call),
        scenario!(PEOPLE, demos::mail_and_callback_give_a_number),
        scenario!(PEOPLE, demos::the_chat_demo_goes_on_after_a_reload),
        scenario!(PEOPLE, demos::an_operators_call_rings_on_the_video_demo),
        scenario!(PEOPLE, demos::the_pages_in_rust_reach_an_operator),
        scenario!(PEOPLE, demos::no_demo_page_breaks_a_rule),
        scenario!(PEOPLE, access::the_whole_way_goes_by_keyboard_alone),
        scenario!(PEOPLE, access::no_screen_of_the_widget_breaks_a_rule_in_light),
        scenario!(PEOPLE, access::no_screen_of_the_widget_breaks_a_rule_in_dark),
        scenario!(PEOPLE, access::the_console_breaks_no_rule),
        states!("nobody_is_kept_out_before_a_contact", catalogue::BEFORE),
        states!("nobody_is_kept_out_where_devices_are_refused", catalogue::REFUSED),
        states!("nobody_is_kept_out_by_a_wrong_configuration", catalogue::MISTAKE),
        states!("nobody_is_kept_out_of_a_form", catalogue::FORMS_TOUR),
        states!("nobody_is_kept_out_of_a_widget_in_the_page", catalogue::MODES),
        states!("nobody_is_kept_out_of_the_queue", catalogue::QUEUE),
        states!("nobody_is_kept_out_of_a_conversation", catalogue::CONVERSATION),
        states!("nobody_is_kept_out_while_the_line_is_down", catalogue::TROUBLE),
        states!("nobody_is_kept_out_of_the_welcome", catalogue::PLAY),
        states!("nobody_is_kept_out_of_a_warning", catalogue::SILENCE),
        states!("nobody_is_kept_out_while_it_rings", catalogue::RINGING),
        states!("nobody_is_kept_out_of_a_call", catalogue::CALL),
        scenario!(STATES, senses::a_planted_fault_is_noticed),
        scenario!(STATES, senses::everything_new_is_announced_once),
        scenario!(STATES, senses::a_new_place_in_the_queue_is_announced_once),
        scenario!(STATES, senses::every_brand_colour_can_be_read),
        scenario!(HURRY, soak::twenty_widgets_come_and_go_and_leave_nothing_behind),
        scenario!(
            Setup { long: true, ..HURRY },
            soak::five_minutes_in_a_hurry_leave_nothing_behind
        ),
        scenario!(REFERENCE, reference::every_name_of_the_reference_works),
        scenario!(REFERENCE, reference::every_sample_of_the_reference_runs),
        scenario!(PEOPLE, gallery::every_screen_fits_every_device_in_light),
        scenario!(PEOPLE, gallery::every_screen_fits_every_device_in_dark),
        scenario!(PEOPLE, gallery::a_call_fits_the_console_in_light),
        scenario!(PEOPLE, gallery::a_call_fits_the_console_in_dark),
    ]
}
