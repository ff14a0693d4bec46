/* SPDX-License-Identifier: GPL-2.0 */
/* Written by cargo run --bin headers, do not edit. */

#ifndef _UAPI_TALLY_H
#define _UAPI_TALLY_H

/* Longest name of a counter, in bytes, without the NUL. */
#define TALLY_NAME_MAX 15
/* Where a counter ends. */
#define TALLY_VALUE_MAX 1000

#define TALLY_GENL_NAME "tally"
#define TALLY_GENL_VERSION 1

#define TALLY_MCGRP_CHANGES "changes"

enum tally_cmd {
	TALLY_CMD_UNSPEC = 0,
	/* Adds to a counter, which is made if it does not exist. */
	TALLY_CMD_ADD = 1,
	/* Asks for all counters, in a dump. */
	TALLY_CMD_GET = 2,
	/* A counter: the answer to Get, and the event when one has changed. */
	TALLY_CMD_COUNTER = 3,

	__TALLY_CMD_MAX,
	TALLY_CMD_MAX = __TALLY_CMD_MAX - 1
};

enum tally_attr {
	TALLY_A_UNSPEC = 0,
	/* Name of a counter, string. */
	TALLY_A_NAME = 1,
	/* How much to add, u32. */
	TALLY_A_AMOUNT = 2,
	/* What it has come to, u64. */
	TALLY_A_VALUE = 3,

	__TALLY_A_MAX,
	TALLY_A_MAX = __TALLY_A_MAX - 1
};

#endif /* _UAPI_TALLY_H */
