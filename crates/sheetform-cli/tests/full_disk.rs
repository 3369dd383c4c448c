//! What cannot be printed ends the command with exit code 2, help and version too.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::fs::File;
use std::process::Command;

#[test]
fn a_full_disk_is_said() {
    for arguments in [&["--help"][..], &["--version"], &["validate", "--help"], &["explain"], &["forms", "list"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_sheetform")).args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{arguments:?}");
    }
}
