//! What may be a name in C, and what has one already.

/// Whether C takes a word as a name.
pub(super) fn is_identifier(word: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    word.bytes().next().is_some_and(is_letter)
        && word.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

/// Whether a word is a keyword of C, or a name of the kernel's headers that cannot be defined again.
pub(super) fn is_reserved(word: &str) -> bool {
    let is_own = |prefix: &&str| word.strip_prefix("__").unwrap_or(word).starts_with(*prefix);
    has(KEYWORDS, word) || has(KERNEL, word) || KERNEL_PREFIXES.iter().any(is_own)
}

/// Whether words between spaces have this one among them.
fn has(words: &str, word: &str) -> bool {
    words.split(' ').any(|own| own == word)
}

/// Keywords up to C23, and GNU's.
const KEYWORDS: &str = "\
    alignas alignof asm auto bool break case char const constexpr continue default do double else enum \
    extern false float for goto if inline int long nullptr register restrict return short signed sizeof \
    static static_assert struct switch thread_local true typedef typeof typeof_unqual union unsigned \
    void volatile while";

/// Macros and types that each module sees.
const KERNEL: &str = "\
    BIT BUG BUG_ON BUILD_BUG_ON ARRAY_SIZE ERR_PTR EXPORT_SYMBOL HZ INT_MAX INT_MIN IS_ERR \
    KERNEL_VERSION LINUX_VERSION_CODE LLONG_MAX LLONG_MIN LONG_MAX LONG_MIN MODULE_AUTHOR MODULE_LICENSE \
    NULL PAGE_MASK PAGE_SHIFT PAGE_SIZE PHYS_ADDR_MAX PTR_ERR S16_MAX S16_MIN S32_MAX S32_MIN S64_MAX \
    S64_MIN S8_MAX S8_MIN SHRT_MAX SHRT_MIN SIZE_MAX SSIZE_MAX THIS_MODULE TASK_COMM_LEN U16_MAX U32_MAX \
    U64_MAX U8_MAX UINTPTR_MAX UINT_MAX ULLONG_MAX ULONG_MAX USHRT_MAX WARN WARN_ON WARN_ON_ONCE abs \
    barrier clamp container_of current hlist_head jiffies likely linux list_head max min module offsetof \
    s16 s32 s64 s8 sk_buff swap u16 u32 u64 u8 unix unlikely NETLINK_CB NETLINK_CTX_SIZE NLMSG_ALIGN \
    NLMSG_ALIGNTO NLMSG_DATA NLMSG_DEFAULT_SIZE NLMSG_DONE NLMSG_ERROR NLMSG_GOODSIZE NLMSG_HDRLEN \
    NLMSG_LENGTH NLMSG_MIN_TYPE NLMSG_NEXT NLMSG_NOOP NLMSG_OK NLMSG_OVERRUN NLMSG_PAYLOAD NLMSG_SPACE";

/// What the names of `linux/netlink.h`, `linux/genetlink.h` and `net/netlink.h` begin with.
const KERNEL_PREFIXES: &[&str] =
    &["NLA_", "NLM_F_", "NLMSGERR_", "NL_ATTR_TYPE_", "NL_POLICY_TYPE_ATTR_", "GENL_"];
