//! One small case for each promise, the same for every backend.
//!
//! A case gets a [`Session`](crate::Session) on a fresh, empty store. Their names stand once, in
//! [`for_each_case!`](crate::for_each_case); a case that is not on the list is never used, which the compiler says. What
//! else a case needs to be so stands behind `given`, as a method of [`Given`](crate::Given).

mod bulk;
mod catalog;
mod compare;
mod count;
mod data_version;
mod delete;
mod dry_run;
mod exhausted;
mod expected;
mod exports;
mod facets;
mod find;
mod history;
mod idempotency;
mod label;
mod leaderboard;
mod lineage;
mod list;
mod original;
mod promote;
mod register;
mod rollback;
mod search;
mod settings;
mod status;
mod together;
mod update;
mod values;
mod watch;
pub mod webhooks;

/// Calls a macro with every case: `module { case, another given something, ... } ...`.
#[macro_export]
macro_rules! for_each_case {
    ($callback:ident) => {
        $callback! {
            bulk {
                registers_in_order,
                nothing_is_registered_from_nothing,
                every_bad_line_is_named,
                a_repeat_within_the_request_names_no_id,
                a_parent_in_the_request,
                a_parent_after_its_child,
                a_parent_registered_before,
                a_parent_that_is_no_entry_is_refused,
                children_of_a_refused_line_are_refused,
                a_line_is_not_its_own_parent,
                every_line_of_a_cycle_is_refused,
                bumps_follow_each_other,
                each_line_leaves_its_events,
                hundreds_at_once,
                chunks_follow_each_other,
                a_parent_in_a_later_chunk_is_refused,
                the_chunks_before_a_refused_one_stay,
                chunks_are_rehearsed_together,
            }
            catalog {
                an_empty_registry_has_neither,
                names_by_their_bytes_with_their_highest_version,
                a_deleted_name_is_gone,
                names_page_by_page,
                tags_by_their_bytes_with_their_holder,
                a_retired_model_counts_and_holds_nothing,
                a_tag_that_nobody_has_is_gone,
                tags_page_by_page,
            }
            compare {
                every_metric_as_it_is_met,
                the_best_value_of_each,
                chosen_metrics_in_the_order_asked,
                a_direction_given_wins,
                unknown_models_are_named,
                repeats_are_repeated,
                nothing_compares_to_nothing,
            }
            data_version {
                every_write_shows,
                what_changes_nothing_does_not_show,
            }
            count {
                an_empty_registry_counts_none,
                those_that_fit,
                up_to_a_bound,
                limit_and_cursor_do_not_matter,
            }
            delete {
                removes_the_model,
                a_tagged_model_is_kept,
                a_parent_is_kept,
                every_tag_and_child_is_named,
                force_takes_the_tags_along,
                force_leaves_children_without_parent,
                a_deleted_grandparent_is_no_ancestor,
                an_unknown_model_is_refused,
                a_second_delete_is_refused,
                the_version_is_free_again,
                history_outlives_the_model,
                leaves_its_events,
            }
            dry_run {
                register,
                register_many,
                promote,
                label,
                untag,
                rollback,
                set_status,
                update,
                delete,
                add_export,
                remove_export,
                set_promotion_scope,
                a_refusal_is_the_same,
                uses_up_no_ordinal_and_no_id,
            }
            exhausted {
                the_last_ordinal_of_a_name given one_ordinal_left,
                the_last_id_of_a_model given one_id_left,
                the_last_events given two_events_left,
            }
            expected {
                every_state_has_a_revision_of_its_own,
                as_expected_it_is_done,
                otherwise_nothing_is_done,
                a_rollback_expects_the_holder,
                one_of_several_is_enough,
                an_unknown_model_is_unknown,
                an_answer_under_a_key_needs_no_revision,
                of_many_who_saw_the_same_one_writes,
            }
            exports {
                adds_it,
                keeps_several_of_a_format,
                the_same_place_again_updates_it,
                the_same_once_more_changes_nothing,
                removes_one_place,
                removes_a_whole_format,
                an_unknown_export_is_refused,
                an_unknown_model_is_refused,
                leaves_its_event,
            }
            facets {
                an_empty_registry_has_none,
                the_most_frequent_first_then_by_bytes,
                of_those_that_fit,
                so_many_values_of_each_field,
                of_the_first_models_in_the_order_of_the_search,
                limit_and_cursor_do_not_matter,
            }
            find {
                by_id,
                by_name_and_version,
                an_empty_registry_holds_nothing,
                what_is_not_there_is_none,
                get_names_what_is_missing,
                names_are_exact,
                a_range_means_its_highest_version,
                a_range_takes_a_prerelease_only_when_it_names_one,
                latest_is_the_highest_release,
                latest_is_a_prerelease_when_there_is_nothing_else,
                latest_counts_prereleases_when_asked,
                latest_is_not_the_last_registered,
                versions_order_as_semver_orders_them,
                retired_models_are_found_by_all_but_a_tag,
                a_tag_means_who_got_it_last,
                a_label_later_than_a_promotion_is_found,
                a_tag_skips_its_retired_holder,
                a_tag_within_a_name,
                get_by_tag,
                by_config_hash_newest_first,
                the_next_version,
                many_in_the_order_asked,
            }
            history {
                an_empty_registry_has_none,
                newest_first_with_rising_numbers,
                says_who_when_and_why,
                of_one_model,
                of_one_name,
                of_one_tag,
                filters_add_up,
                pages_lead_through_everything_once,
                limits,
                who_held_a_tag_at_a_time,
                a_holding_says_since_when_and_by_whom,
                a_deleted_model_held_it_then,
                an_untagged_model_holds_it_no_more,
                a_model_retired_then_did_not_hold_it,
                a_model_registered_as_retired_never_held_it,
                holdings_within_a_name,
                a_holding_after_a_rollback,
                several_changes_in_one_moment,
            }
            idempotency {
                a_registration_is_made_once,
                the_next_version_is_made_once,
                many_are_made_once,
                every_other_write_is_made_once,
                what_changed_nothing_is_known_too,
                the_answer_outlives_the_model,
                another_request_is_refused,
                a_refused_write_leaves_its_key_free,
                a_rehearsal_uses_no_key_up,
                a_key_belongs_to_its_actor,
                keys_differ_in_every_character,
                a_key_is_free_after_seven_days,
                chunks_go_on_where_they_stopped,
                chunks_name_the_key_that_was_given,
                chunks_that_were_made_are_no_part_of_a_rehearsal,
                many_at_once_make_it_once,
            }
            label {
                adds_the_tag,
                takes_it_from_nobody,
                repeating_it_changes_nothing,
                a_promoted_tag_stays_promoted,
                a_retired_model_takes_labels,
                an_unknown_model_is_refused,
                leaves_its_event,
                untag_takes_the_tag,
                untag_leaves_the_tag_to_others,
                untag_of_a_tag_not_held_is_refused,
                untag_of_an_unknown_model_is_refused,
                untag_leaves_its_event,
            }
            leaderboard {
                an_empty_registry_has_no_leader,
                the_best_of_each_name,
                the_name_of_the_metric_says_which_is_better,
                only_those_that_fit,
                the_trend_follows_the_versions,
                so_many_names,
                a_name_with_all_the_best_hides_nobody,
                long_names_end_it_before_its_limit,
            }
            lineage {
                ancestors_oldest_first,
                descendants_by_generation_then_id,
                descendants_of_the_middle,
                the_whole_family,
                a_model_alone_is_its_own_family,
                retired_members_belong,
                members_are_whole,
                a_long_chain,
                an_unknown_model_is_refused,
            }
            list {
                an_empty_registry_lists_nothing,
                active_models_newest_first,
                every_status_when_asked,
                one_status,
                one_task_type,
                one_tag,
                one_name,
                one_parent,
                one_config_hash,
                filters_add_up,
                a_metric_at_most,
                a_metric_at_least,
                a_metric_between,
                a_metric_without_bounds_must_be_there,
                the_metric_counts_before_the_limit,
                an_updated_metric_counts,
                ties_in_time_break_by_id,
                time_counts_before_the_id,
                fifty_to_a_page,
                pages_lead_through_everything_once,
                a_page_is_not_moved_by_new_models,
                a_full_last_page_has_no_next,
                a_limit_of_none_is_empty,
                no_limit_is_everything,
                pages_follow_a_filter,
                listed_models_are_whole,
            }
            original {
                test_register_model_basic,
                test_register_model_with_metadata,
                test_register_duplicate_version,
                test_register_nonexistent_checkpoint,
                test_get_model_by_id,
                test_get_model_by_name_version,
                test_get_model_by_tag,
                test_get_nonexistent_model,
                test_promote_model,
                test_promote_model_removes_from_others,
                test_promote_model_keep_others,
                test_retire_model,
                test_delete_model,
                test_delete_tagged_model_fails,
                test_delete_tagged_model_with_force,
                test_list_models,
                test_list_models_by_task_type,
                test_list_models_by_tag,
                test_list_models_by_status,
                test_compare_models,
                test_compare_models_specific_metrics,
                test_model_lineage,
                test_add_export_format,
                test_add_multiple_export_formats,
                test_compute_config_hash_deterministic,
                test_compute_config_hash_order_independent,
                test_compute_config_hash_sensitive_to_values,
                test_registry_query_performance,
                test_registry_write_performance,
                test_registry_with_checkpoint_manager,
            }
            promote {
                gives_the_tag,
                takes_the_tag_from_everybody,
                takes_the_tag_from_retired_models_too,
                within_a_name_other_names_keep_it,
                from_nobody_all_keep_it,
                from_nobody_an_older_model_becomes_the_holder,
                other_tags_stay,
                repeating_it_changes_nothing,
                a_label_becomes_a_promotion,
                it_leaves_the_time_of_change_alone,
                an_unknown_model_is_refused,
                a_retired_model_is_refused,
                the_expected_holder_is_met,
                another_holder_than_expected_is_refused,
                nobody_expected,
                a_holder_expected_where_nobody_is,
                a_retired_holder_is_nobody,
                expectations_look_within_the_scope,
                an_expectation_is_checked_on_a_repeat_too,
                the_settings_give_the_scope,
                leaves_its_events,
            }
            register {
                keeps_every_field,
                needs_nothing_optional,
                a_taken_version_is_refused,
                a_version_of_a_retired_model_is_taken_too,
                the_same_version_of_another_name_is_free,
                an_unknown_parent_is_refused,
                an_unknown_parent_version_is_refused,
                a_single_registration_has_no_other_entries,
                a_parent_is_named_by_version,
                a_retired_parent_is_a_parent,
                ordinals_count_within_the_name,
                ordinals_are_not_used_again_after_a_delete,
                ordinals_outlive_the_last_version_of_a_name,
                ids_are_not_used_again_after_a_delete,
                a_refusal_uses_up_no_ordinal,
                a_retired_model_is_registered_as_such,
                labels_are_sorted_and_kept_once,
                labels_are_taken_from_nobody,
                a_label_names_the_promoted_holder,
                a_label_asked_twice_names_its_holder_once,
                a_label_among_labels_names_nobody,
                exports_of_one_place_are_one,
                declared_formats_keep_their_order_once,
                bumps_follow_the_highest_version,
                a_bump_beyond_the_last_number_is_refused,
                the_measured_size_stands_unless_one_is_given,
                leaves_its_events,
            }
            rollback {
                gives_it_back_to_the_holder_before,
                twice_goes_back_by_two,
                a_promotion_after_it_starts_anew,
                nobody_holds_the_tag,
                the_holder_was_untagged,
                the_only_holder_is_retired,
                the_holder_is_the_first,
                the_holder_was_labelled,
                the_holder_before_was_deleted,
                the_holder_before_is_retired,
                the_holder_before_was_retired_before_it_lost_the_tag,
                the_holder_before_was_retired_and_kept_the_tag,
                an_active_holder_before_goes_before_a_retired_one,
                a_labelled_holder_gets_it_back,
                several_names_need_a_choice,
                within_a_name_the_other_keeps_it,
                within_a_name_that_does_not_hold_it,
                keep_others_leaves_the_rest_alone,
                across_names_in_the_registry,
                leaves_its_events,
            }
            search {
                texts,
                versions,
                numbers,
                sets,
                ancestors,
                metadata,
                a_comparison_with_something_missing_is_false,
                and_or_not,
                every_part_of_a_branch_counts,
                times,
                active_unless_it_speaks_of_the_status,
                sorts_by_every_kind_of_field,
                what_is_missing_comes_last,
                ties_are_by_id_in_the_direction_of_the_last_key,
                pages_in_both_directions,
                a_page_is_not_moved_by_other_writes,
                a_cursor_outlives_its_text,
                a_cursor_of_another_search_is_refused,
                relative_times_count_from_the_first_page,
                a_summary_holds_what_lists_show,
            }
            settings {
                the_default_scope_is_the_registry,
                a_scope_is_kept,
                the_same_scope_changes_nothing,
                leaves_its_event,
            }
            status {
                retire_keeps_everything_else,
                restore_brings_it_back,
                repeating_it_changes_nothing,
                an_unknown_model_is_refused,
                leaves_its_events,
            }
            together {
                many_at_once_are_all_there,
                a_refusal_among_many_is_alone,
                a_refusal_names_what_can_be_read,
                a_rehearsal_among_many_leaves_nothing,
                each_reads_what_it_wrote,
                one_tag_has_one_holder,
                a_write_given_up_is_whole_or_not_there,
            }
            update {
                sets_each_field,
                clears_each_field,
                keeps_what_it_does_not_name,
                merges_metrics,
                too_many_metrics_are_refused,
                merges_metadata,
                metadata_grown_too_large_is_refused,
                the_size_follows_a_measured_checkpoint,
                a_size_given_wins_over_the_measured_one,
                an_empty_update_is_refused,
                an_unknown_model_is_refused,
                what_is_there_already_changes_nothing,
                another_order_of_the_same_metrics_is_no_change,
                a_parent_is_set_and_changed,
                an_unknown_parent_is_refused,
                a_model_is_not_its_own_parent,
                a_descendant_is_no_parent,
                leaves_its_event,
            }
            values {
                floats_to_the_last_bit,
                metrics_keep_their_order,
                a_thousand_metrics,
                metadata_keeps_its_shape_and_order,
                metadata_of_a_megabyte,
                metadata_nested_sixty_four_deep,
                unicode_everywhere,
                composed_and_decomposed_names_differ,
                texts_of_the_greatest_length,
                numbers_at_their_ends,
                moments_at_their_ends,
                texts_that_look_like_numbers,
            }
            watch {
                from_the_first_event_on,
                after_an_event,
                from_now_on,
                of_an_empty_registry,
                each_as_it_comes,
                what_did_not_happen_holds_nothing_up,
                none_is_missed_among_many_writers,
                goes_on_where_another_stopped,
            }
        }
    };
}

macro_rules! entries {
    ($($module:ident { $($case:ident $(given $given:ident)?,)* })*) => {
        /// The cases as functions that take a fresh, empty store in which it is as given.
        #[expect(missing_docs, reason = "each case is named after its promise")]
        pub mod cases {
            $(pub mod $module {
                $(pub async fn $case(store: std::sync::Arc<dyn registry_core::RegistryStore>) {
                    crate::conformance::$module::$case(crate::Session::new(store)).await;
                })*
            })*
        }
    };
}

for_each_case!(entries);

/// A callback for [`for_each_case!`](crate::for_each_case) that makes a test of every case. The module that calls it
/// has an async function `open` that returns a fresh, empty store in which it is as [`Given`](crate::Given), and whatever
/// must live as long as the store.
///
/// ```
/// use std::sync::Arc;
///
/// use registry_core::RegistryStore;
/// use registry_tests::{Given, Reference, conformance_tests, for_each_case};
///
/// async fn open(given: Given) -> (Arc<dyn RegistryStore>, ()) {
///     (Arc::new(Reference::given(given)), ())
/// }
///
/// for_each_case!(conformance_tests);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! conformance_tests {
    ($($module:ident { $($case:ident $(given $given:ident)?,)* })*) => {
        $(mod $module {
            $(#[tokio::test]
            async fn $case() {
                let given = $crate::Given::empty()$(.$given())?;
                let (store, _guard) = super::open(given).await;
                $crate::conformance::cases::$module::$case(store).await;
            })*
        })*
    };
}
