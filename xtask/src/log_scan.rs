//! What a healthy kernel does not say.

/// The log of the boot itself is the distribution's matter; ours begins here.
const START: &str = "Run /init";

/// Each pattern is a run of words that follow each other on a line.
const BAD: &[&[&str]] = &[
    &["BUG:"],
    // The allocator's: an object that is freed twice, or written to outside of it.
    &["BUG ", "): "],
    &["WARNING:"],
    &["KASAN"],
    &["UBSAN"],
    &["Oops"],
    &["Kernel panic"],
    &["general protection"],
    &["possible circular"],
    &["possible recursive"],
    &["inconsistent lock state"],
    &["suspicious RCU"],
    &["sleeping function"],
    &["unreferenced object"],
    &["refcount_t:"],
    &[" stall"],
    &["blocked for more than"],
    &["waiting for ", " to become free"],
    &["Poison overwritten"],
    &["Redzone"],
    &["leaked"],
    &["usercopy"],
];

/// The lines that report a fault.
pub(crate) fn faults(log: &str) -> Vec<&str> {
    let ours = log.find(START).map_or("", |start| &log[start..]);
    ours.lines().filter(|line| BAD.iter().any(|pattern| holds(line, pattern))).collect()
}

/// Whether the kernel came as far as our first program.
pub(crate) fn reached_init(log: &str) -> bool {
    log.contains(START)
}

fn holds(line: &str, pattern: &[&str]) -> bool {
    let mut rest = Some(line);
    for words in pattern {
        rest = rest.and_then(|rest| rest.find(words).map(|at| &rest[at + words.len()..]));
    }
    rest.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_after_init_are_found() {
        let log = "[0.1] Run /init as init process\n[2] greet: registered\n[3] BUG: KASAN: use-after-free\n\
                   [4] unregister_netdevice: waiting for lo to become free. Usage count = 2\n";
        assert_eq!(faults(log).len(), 2);
    }

    #[test]
    fn what_the_boot_says_is_not_ours() {
        assert!(faults("[0.1] WARNING: firmware\n[0.2] Run /init as init process\n").is_empty());
    }

    #[test]
    fn what_the_allocator_sees_is_a_fault() {
        for what in [
            "Object already free",
            "Object padding overwritten",
            "Objects remaining on __kmem_cache_shutdown()",
        ] {
            let log = format!(
                "Run /init\n[9.1] =====\n[9.2] BUG rtm_node (Tainted: G           OE     ): {what}\n"
            );
            assert_eq!(faults(&log).len(), 1, "{what}");
        }
    }

    #[test]
    fn ordinary_lines_are_no_faults() {
        let log =
            "Run /init\ngreet: loading out-of-tree module taints kernel.\nwaiting for the disk\nlo is free";
        assert!(faults(log).is_empty());
    }

    #[test]
    fn every_pattern_finds_itself() {
        for pattern in BAD {
            let log = format!("Run /init\n[1.0] {}\n", pattern.join("x"));
            assert_eq!(faults(&log).len(), 1, "{pattern:?}");
        }
    }

    #[test]
    fn a_log_without_init_is_told_apart() {
        assert!(!reached_init("[0.1] Kernel panic - not syncing: VFS"));
        assert!(reached_init("[0.1] Run /init as init process"));
    }
}
