//! A TURN server that is not ours, for the tests: coturn.

use std::path::PathBuf;

use crate::browsers::apt_install;
use crate::command::on_path;
use crate::problem::{Problem, Result};

/// The variable that names coturn's program to the tests. Those that need it are left out where neither it nor the program is there.
pub(crate) const VARIABLE: &str = "TVOX_TURNSERVER";

/// The program, installed first where it is missing.
///
/// # Errors
/// It is missing and apt-get cannot bring it.
pub(crate) fn get() -> Result<PathBuf> {
    let names = ["turnserver"];
    if on_path(&names).is_none() {
        apt_install(&["coturn"])?;
    }
    on_path(&names)
        .ok_or_else(|| Problem::new("turnserver is not on the PATH even after installing coturn"))
}
