//! Webhooks: managing them, and the queue of what they are told.
//!
//! The cases of `webhooks` ask only for [`Webhooks`](registry_core::webhook::Webhooks), which every store has; the others
//! for a [`WebhookQueue`](registry_core::webhook::WebhookQueue), which databases have.

mod expected;
mod fan_out;
mod gone;
mod lease;
mod lines;
mod manage;
mod queue;
mod replay;

/// Calls a macro with every case about managing webhooks.
#[macro_export]
macro_rules! for_each_webhook_case {
    ($callback:ident) => {
        $callback! {
            manage {
                an_empty_registry_has_none,
                has_what_it_was_given,
                is_listed_by_the_bytes_of_its_name,
                a_name_is_taken_once,
                there_are_at_most_a_hundred,
                each_field_is_changed,
                an_empty_update_is_refused,
                what_is_there_already_changes_nothing,
                an_unknown_one_is_refused,
                an_id_is_not_used_again,
                leaves_its_events,
                a_rehearsal_changes_nothing,
                a_key_makes_one,
                a_test_waits,
                deletion_takes_the_deliveries_along,
                pages_of_deliveries,
                standings_say_what_waits,
            }
            expected {
                every_state_has_a_revision_of_its_own,
                as_expected_it_is_done,
                otherwise_nothing_is_done,
                an_answer_under_a_key_needs_no_revision,
                of_many_who_saw_the_same_one_writes,
            }
        }
    };
}

/// Calls a macro with every case about the queue of deliveries.
#[macro_export]
macro_rules! for_each_queue_case {
    ($callback:ident) => {
        $callback! {
            fan_out {
                each_event_is_told_once,
                each_webhook_is_told,
                what_was_before_is_not_told,
                what_happens_while_it_is_off_is_not_told,
                nobody_on_moves_nothing,
                filters_choose,
                only_so_many_at_a_time,
                many_writers_and_two_who_send_at_once,
                one_that_is_given_up_is_whole_or_not_there,
            }
            gone {
                it_is_turned_off,
                others_hear_of_it,
                turned_on_again_it_goes_on,
                one_that_was_changed_meanwhile_stays_on,
                the_first_answer_counts,
            }
            lease {
                one_at_a_time_holds_it,
                it_is_taken_over_when_its_time_is_over,
                it_is_given_back,
                who_lost_it_changes_nothing,
                two_who_take_turns_tell_everything_once,
            }
            lines {
                one_model_after_the_other_event,
                another_model_does_not_wait,
                events_without_a_model_follow_each_other,
                a_retry_holds_up_its_line,
                a_dead_one_holds_up_nothing,
                each_webhook_has_its_own,
                tests_wait_for_nobody,
                many_events_arrive_in_order,
            }
            queue {
                what_is_due_has_all_that_is_sent,
                due_for_each_webhook_at_most_so_many,
                nothing_is_due_while_it_is_off,
                another_address_for_what_waits,
                attempts_are_kept,
                what_is_finished_is_not_recorded_again,
                what_is_deleted_is_not_recorded,
                both_secrets_count_for_a_time,
                old_ones_are_forgotten,
                the_backlog_is_counted,
                standings_say_what_became_of_the_last,
                deliveries_by_status,
            }
            replay {
                one_that_is_dead,
                one_that_was_delivered,
                one_that_waits_for_another_attempt,
                all_that_are_dead,
                all_since_a_time,
                an_earlier_one_goes_before_the_others,
                one_under_way_is_recorded_behind_it,
            }
        }
    };
}

macro_rules! entries {
    ($($module:ident { $($case:ident,)* })*) => {
        $(pub mod $module {
            $(pub async fn $case(store: std::sync::Arc<dyn registry_core::RegistryStore>) {
                crate::conformance::webhooks::$module::$case(crate::Session::new(store)).await;
            })*
        })*
    };
}

/// The cases as functions that take a fresh, empty store.
#[expect(missing_docs, reason = "each case is named after its promise")]
pub mod cases {
    for_each_webhook_case!(entries);
    for_each_queue_case!(entries);
}

/// A callback for both lists that makes a test of every case, as [`conformance_tests!`](crate::conformance_tests) does.
#[macro_export]
macro_rules! webhook_tests {
    ($($module:ident { $($case:ident,)* })*) => {
        $(mod $module {
            $(#[tokio::test]
            async fn $case() {
                let (store, _guard) = super::open().await;
                $crate::conformance::webhooks::cases::$module::$case(store).await;
            })*
        })*
    };
}
