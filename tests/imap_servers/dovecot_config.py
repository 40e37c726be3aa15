"""How our Dovecot is set up: as one user without rights, all in one folder, on loopback."""

from pathlib import Path

# One passwd-file for each user: Dovecot looks at most once a second whether a file that it knows has changed.
_CONFIGURATION = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 1 G
first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_username_format = %Lu
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 1000
mailbox_idle_check_interval = 1 secs
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    special_use = \\Drafts
  }}
  mailbox Junk {{
    special_use = \\Junk
  }}
  mailbox Sent {{
    special_use = \\Sent
  }}
  mailbox Trash {{
    special_use = \\Trash
  }}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = {folder}/users/%u/password
}}
userdb {{
  driver = static
  args = home={folder}/users/%u
}}
service anvil {{
  chroot =
  # It makes each further failed login from one address wait longer; all ours come from one.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""
_OAUTH2 = """\
introspection_mode = post
introspection_url = {introspection_url}
username_attribute = username
active_attribute = active
active_value = true
"""


def write_configuration(
    folder: Path, *, user: str, group: str, port: int, tls_port: int, introspection_url: str
) -> Path:
    """Write what Dovecot reads at start, and return the file to start it with."""
    (folder / "oauth2.conf").write_text(_OAUTH2.format(introspection_url=introspection_url))
    written = folder / "dovecot.conf"
    written.write_text(_CONFIGURATION.format(folder=folder, user=user, group=group, port=port, tls_port=tls_port))
    return written
