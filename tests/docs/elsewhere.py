"""Commands of pages that are not run with their page: by which test they are run instead, or why by none.

An entry is a page and the beginning of a command; one that no page has any more fails a test.
"""

ANY = "*"

IN_CONTAINERS = "tests/compose/test_services.py"
PAGE = "test_the_commands_of_the_page_work_in_their_containers"
RESTORE = "test_a_dump_is_taken_back_into_the_database"

# Run for real, by a test that does more than their page.
BY_TEST = {
    ("docs/logs.md", "cat log/"): "tests/triage/test_log_events.py",
    ("README.md", "make run"): "tests/system/test_mail_reaches_inbox.py::test_demo_looks_like_a_real_inbox",
    ("docs/index.md", "make run"): "tests/system/test_mail_reaches_inbox.py::test_demo_looks_like_a_real_inbox",
    ("docs/first-steps.md", "make run"): "tests/browser/test_story.py::test_most_pressing_mail_says_why_it_is_first",
    ("README.md", "triage up"): "tests/docs/test_newcomer.py::test_mail_of_their_server_stands_ranked_in_the_inbox",
    ("README.md", "triage accounts add"): (
        "tests/docs/test_newcomer.py::test_mail_of_their_server_stands_ranked_in_the_inbox"
    ),
    ("docs/your-mailbox.md", ""): "tests/docs/test_newcomer.py::test_mail_of_their_server_stands_ranked_in_the_inbox",
    ("docs/backup.md", ""): (
        "tests/system/test_moves.py::test_instance_of_an_earlier_release_is_restored_upgraded_moved_and_taken_back"
    ),
    ("docs/upgrades.md", ""): (
        "tests/system/test_moves.py::test_instance_of_an_earlier_release_is_restored_upgraded_moved_and_taken_back"
    ),
    ("docs/imap.md", "triage accounts add support --host imap.gmail.com --user support@example.com --oauth"): (
        "tests/triage/cli/test_accounts_consent.py::test_consent_is_given_in_a_browser"
    ),
    ("docs/imap.md", "triage accounts add support --host outlook.office365.com"): (
        "tests/triage/cli/test_accounts_consent.py::test_consent_is_given_in_a_browser"
    ),
    ("docs/training.md", "triage train "): (
        "tests/triage/cli/test_training.py::test_own_mail_becomes_a_bundle_that_can_be_judged_and_replaced"
    ),
    ("docs/training.md", "triage evaluate "): (
        "tests/triage/cli/test_training.py::test_own_mail_becomes_a_bundle_that_can_be_judged_and_replaced"
    ),
    ("docs/training.md", "triage predict "): (
        "tests/triage/cli/test_training.py::test_own_mail_becomes_a_bundle_that_can_be_judged_and_replaced"
    ),
    ("docs/training.md", "triage trainings start"): (
        "tests/triage/cli/test_trainings.py::test_a_training_is_started_listed_and_shown"
    ),
    ("docs/training.md", "triage trainings show"): (
        "tests/triage/cli/test_trainings.py::test_a_training_is_started_listed_and_shown"
    ),
    ("docs/training.md", "triage trainings report"): (
        "tests/triage/cli/test_trainings.py::test_a_report_is_written_as_a_page"
    ),
    ("docs/training.md", "python -m training mailbox"): (
        "tests/system/test_training.py::test_a_training_survives_the_death_of_its_process_and_of_its_worker"
    ),
    ("docs/training.md", "python -m training.run --strategy mirrored"): (
        "tests/training/test_distribute.py::test_two_devices_learn"
    ),
    ("docs/training.md", "export TF_CONFIG"): "tests/training/test_hosts.py::test_two_hosts_learn_what_one_learns",
    ("docs/training.md", "python -m training.run --strategy multi-worker"): (
        "tests/training/test_hosts.py::test_two_hosts_learn_what_one_learns"
    ),
    ("docs/images.md", "triage images train"): (
        "tests/triage/cli/test_images.py::test_a_folder_of_forty_files_becomes_a_bundle_that_can_be_judged"
    ),
    ("docs/images.md", "triage images predict"): (
        "tests/triage/cli/test_images.py::test_files_are_answered_in_their_order_and_a_bad_one_fails_at_the_end"
    ),
    ("docs/images.md", "triage images evaluate"): (
        "tests/triage/cli/test_images.py::test_a_folder_of_forty_files_becomes_a_bundle_that_can_be_judged"
    ),
    (
        "docs/images.md",
        "triage images cascade",
    ): "tests/training/images/test_train.py::test_a_cascade_is_a_bundle_of_its_own",
    ("docs/images.md", "triage images install"): (
        "tests/triage/cli/test_image_versions.py::test_the_gate_activates_what_is_good_enough_and_refuses_the_rest"
    ),
    ("docs/images.md", "triage images rollback"): (
        "tests/triage/cli/test_image_versions.py::test_install_list_activate_and_roll_back"
    ),
    ("README.md", "sh scripts/secrets.sh"): "tests/compose/test_file.py::test_secrets_are_made_once_for_every_service",
    ("README.md", "docker compose exec"): f"{IN_CONTAINERS}::{PAGE}",
    ("docs/docker.md", "sh scripts/secrets.sh"): (
        "tests/compose/test_file.py::test_secrets_are_made_once_for_every_service"
    ),
    ("docs/docker.md", "docker compose exec -T db pg_restore"): f"{IN_CONTAINERS}::{RESTORE}",
    ("docs/docker.md", "docker compose exec"): f"{IN_CONTAINERS}::{PAGE}",
    ("docs/docker.md", "KEY=$(docker compose exec"): f"{IN_CONTAINERS}::{PAGE}",
    ("docs/docker.md", "curl "): f"{IN_CONTAINERS}::{PAGE}",
}

# Run by nobody here, and why.
BY_NOBODY = {
    ("docs/docker.md", "docker compose up"): "needs Docker; tests/compose starts each service as its file says",
    ("docs/docker.md", "docker compose pull"): "needs Docker",
    ("docs/docker.md", "git pull"): "it would change what is tested",
    ("docs/training.md", "make setup"): "it made what runs this test",
    ("docs/training.md", ".venv/bin/pip install jupyterlab"): "people's own program; the notebook runs without it",
    ("docs/training.md", ".venv/bin/jupyter lab"): "people's own program; tests run the notebook itself",
    ("docs/telemetry.md", "triage up"): "needs a collector of that name; tests have a real one",
    ("docs/telemetry.md", "export OTEL_"): "needs a collector of that name; tests have a real one",
    ("docs/telemetry.md", "pip install "): "this environment has it",
    ("README.md", "make compose"): "CI runs it beside this test",
    ("CONTRIBUTING.md", "make "): "CI runs them beside this test",
    ("README.md", "make test"): "it is what runs this test",
    ("README.md", "make browser"): "CI runs it beside this test",
    ("README.md", "make check"): "CI runs it beside this test",
    ("README.md", "make docs"): "CI runs it beside this test",
    ("README.md", "make fuzz"): "CI runs it beside this test",
    ("README.md", "make train"): "a quarter of an hour",
    ("README.md", "make bench"): "hours",
    ("docs/training.md", "make train"): "a quarter of an hour",
    ("docs/scaling.md", "kubectl "): "needs a cluster; tests/deploy/test_kubernetes.py tests what they hand over",
    ("docs/learning.md", "make bench-learning"): "an hour",
    ("docs/images.md", "make bench-images"): "hours",
    ("docs/images.md", "python -m benchmarks.images"): "hours, and public sets that are no part of the repository",
    ("docs/images.md", "python -m training."): "hours, and public sets that are no part of the repository",
    ("docs/imap.md", "triage accounts add support --host imap.gmail.com --user support@gmail.com"): (
        "needs an account at Google; but for the host it is the first command of the page"
    ),
}
