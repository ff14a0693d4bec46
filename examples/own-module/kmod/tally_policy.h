/* SPDX-License-Identifier: GPL-2.0 */
/* Written by cargo run --bin headers, do not edit. */

#ifndef _TALLY_POLICY_H
#define _TALLY_POLICY_H

#include <net/netlink.h>

#include "tally_uapi.h"

/* Indices of the multicast groups in the generic netlink family. */
enum {
	TALLY_NLGRP_CHANGES = 0,
};

static const struct nla_policy tally_cmd_add_policy[TALLY_A_MAX + 1] = {
	/* No policy says this, the module checks it: required, at least 1 byte. */
	[TALLY_A_NAME] = { .type = NLA_NUL_STRING, .len = 15 },
	/* No policy says this, the module checks it: required. */
	[TALLY_A_AMOUNT] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
};

#endif /* _TALLY_POLICY_H */
