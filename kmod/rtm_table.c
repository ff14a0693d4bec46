// SPDX-License-Identifier: GPL-2.0
/*
 * Tables: found by name, kept by id. And what every change has in common.
 */

#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "nl_rcv.h"
#include "rtm.h"

static const struct rhashtable_params rtm_names_params = {
	.key_len = sizeof_field(struct rtm_table, name),
	.key_offset = offsetof(struct rtm_table, name),
	.head_offset = offsetof(struct rtm_table, node),
	.automatic_shrinking = true,
};

/**
 * rtm_tables_init - a network namespace without tables
 * @rn: its state
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_tables_init(struct rtm_net *rn)
{
	mutex_init(&rn->lock);
	xa_init_flags(&rn->tables, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	rn->table_seq = 1;
	rn->route_seq = 1;
	return rhashtable_init(&rn->names, &rtm_names_params);
}

/* Never 0, which to a dump means that it has not looked yet. */
static void rtm_seq_rise(u32 *seq)
{
	WRITE_ONCE(*seq, *seq + 1 ?: 1);
}

/**
 * rtm_change_begin - tell dumps that a table's routes are about to change
 * @t: table
 *
 * The counters that dumps look at rise before and after a change: a dump that
 * sees the same value twice has seen nothing in between.
 */
void rtm_change_begin(struct rtm_table *t)
{
	lockdep_assert_held(&t->rn->lock);
	rtm_seq_rise(&t->rn->table_seq);
	rtm_seq_rise(&t->rn->route_seq);
	rtm_seq_rise(&t->seq);
	/* Before anything of the change can be seen. */
	smp_wmb();
}

/**
 * rtm_change_end - a table's routes have changed
 * @t: table
 * @routes: how many more it has
 *
 * The change is the namespace's next generation.
 */
void rtm_change_end(struct rtm_table *t, int routes)
{
	struct rtm_net *rn = t->rn;

	lockdep_assert_held(&rn->lock);
	rn->generation++;
	rn->n_routes.live += routes;

	write_seqcount_begin(&t->info_seq);
	t->info.routes += routes;
	t->info.generation = rn->generation;
	write_seqcount_end(&t->info_seq);

	/* After everything of the change can be seen. */
	smp_wmb();
	rtm_seq_rise(&rn->table_seq);
	rtm_seq_rise(&rn->route_seq);
	rtm_seq_rise(&t->seq);
}

/**
 * rtm_read_begin - before several routes of a table are looked at
 * @t: table
 *
 * A reader sees each change as a whole, but not every two of them: a route may
 * come where it has been already, and then another one go where it has not
 * been yet. Although one of the two was always there, it finds neither. So it
 * asks rtm_read_retry() in the end whether there were more changes than one.
 *
 * Return: what that has to be given.
 */
u32 rtm_read_begin(const struct rtm_table *t)
{
	u32 seq = READ_ONCE(t->seq);

	/* What is read comes after it, and after all changes before it. */
	smp_rmb();
	return seq;
}

/**
 * rtm_read_retry - may a reader have seen a part of two changes
 * @t: table
 * @seq: what rtm_read_begin() has returned
 *
 * Return: false if no change has begun or ended since then. If one is under
 * way, it was all the time, and is the only one.
 */
bool rtm_read_retry(const struct rtm_table *t, u32 seq)
{
	/* Who has seen something of a change sees that it has begun. */
	smp_rmb();
	return READ_ONCE(t->seq) != seq;
}

/**
 * rtm_table_info - the table as answers and events show it
 * @t: table
 * @info: where to
 */
void rtm_table_info(const struct rtm_table *t, struct rtm_table_info *info)
{
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&t->info_seq);
		*info = t->info;
	} while (read_seqcount_retry(&t->info_seq, seq));
}

/**
 * rtm_table_trie - the routes of a table
 * @t: table
 *
 * For writers, and for readers inside rcu_read_lock().
 *
 * Return: the routes.
 */
struct rtm_trie *rtm_table_trie(const struct rtm_table *t)
{
	return rcu_dereference_check(t->trie, lockdep_is_held(&t->rn->lock));
}

static struct rtm_table *rtm_table_find(struct rtm_net *rn, const char *name)
{
	/* The lookup holds it only while it looks, its caller for longer. */
	RCU_LOCKDEP_WARN(!rcu_read_lock_held() && !lockdep_is_held(&rn->lock),
			 "a table may go away");
	return rhashtable_lookup_fast(&rn->names, name, rtm_names_params);
}

/**
 * rtm_table_named - the table that a request names
 * @req: request
 * @args: its attributes
 *
 * For writers, and for readers inside rcu_read_lock().
 *
 * Return: the table, or NULL, and the extended ack says so.
 */
struct rtm_table *rtm_table_named(const struct rtm_request *req,
				  const struct rtm_args *args)
{
	struct rtm_table *t = rtm_table_find(req->rn, args->table);

	if (!t)
		nl_rcv_err_attr(req->extack, args->tb[RTM_TABLE_A_NAME],
				"no table \"%s\"", args->table);
	return t;
}

static void rtm_table_free(struct rtm_table *t)
{
	atomic_dec(&t->rn->n_tables.held);
	kfree(t);
}

static void rtm_table_free_rcu(struct rcu_head *rcu)
{
	rtm_table_free(container_of(rcu, struct rtm_table, rcu));
}

static struct rtm_table *rtm_table_alloc(struct rtm_net *rn, const char *name)
{
	struct rtm_trie *trie = rtm_trie_alloc(&rn->lock);
	struct rtm_table *t;

	if (!trie)
		return NULL;
	t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	if (!t) {
		rtm_trie_free(trie);
		return NULL;
	}

	memcpy(t->name, name, sizeof(t->name));
	t->rn = rn;
	t->seq = 1;
	t->info.generation = rn->generation + 1;
	seqcount_mutex_init(&t->info_seq, &rn->lock);
	RCU_INIT_POINTER(t->trie, trie);
	atomic_inc(&rn->n_tables.held);
	return t;
}

/* Makes the table visible, or changes nothing. */
static int rtm_table_publish(struct rtm_net *rn, struct rtm_table *t)
{
	int err;

	/* The id is taken first, so that storing into it cannot fail. */
	err = xa_alloc_cyclic(&rn->tables, &t->id, NULL, xa_limit_32b,
			      &rn->next_id, GFP_KERNEL);
	if (err < 0)
		return err;
	err = rhashtable_insert_fast(&rn->names, &t->node, rtm_names_params);
	if (err) {
		xa_erase(&rn->tables, t->id);
		return -ENOMEM;
	}

	rtm_seq_rise(&rn->table_seq);
	/* As in rtm_change_begin(), but no route has changed. */
	smp_wmb();
	xa_store(&rn->tables, t->id, t, GFP_KERNEL);
	rn->generation++;
	rn->n_tables.live++;
	/* As in rtm_change_end(). */
	smp_wmb();
	rtm_seq_rise(&rn->table_seq);
	return 0;
}

static int rtm_table_create(const struct rtm_request *req,
			    const struct rtm_args *args)
{
	struct rtm_net *rn = req->rn;
	struct nlattr *name = args->tb[RTM_TABLE_A_NAME];
	struct rtm_table *t;
	int err;

	if (rtm_table_find(rn, args->table)) {
		nl_rcv_err_attr(req->extack, name, "table \"%s\" already exists",
				args->table);
		return -RTM_TABLE_EXISTS;
	}
	if (!(req->nlh->nlmsg_flags & NLM_F_CREATE)) {
		nl_rcv_err_attr(req->extack, name,
				"no table \"%s\", and NLM_F_CREATE not set",
				args->table);
		return -ENOENT;
	}
	err = rtm_limit_tables(req, args);
	if (err)
		return err;

	t = rtm_table_alloc(rn, args->table);
	if (!t)
		return -ENOMEM;
	err = rtm_table_publish(rn, t);
	if (err) {
		rtm_trie_free(rtm_table_trie(t));
		rtm_table_free(t);
		return err;
	}
	rtm_table_event(req, t);
	return 0;
}

/**
 * rtm_table_new - create a table
 * @req: request
 * @args: its name
 *
 * Return: 0 or the error for the requester.
 */
int rtm_table_new(const struct rtm_request *req, const struct rtm_args *args)
{
	int err;

	mutex_lock(&req->rn->lock);
	err = rtm_table_create(req, args);
	mutex_unlock(&req->rn->lock);
	return err;
}

static void rtm_table_unlink(struct rtm_table *t)
{
	rtm_change_begin(t);
	xa_erase(&t->rn->tables, t->id);
	rhashtable_remove_fast(&t->rn->names, &t->node, rtm_names_params);
	t->rn->n_tables.live--;
	t->rn->n_routes.live -= t->info.routes;
	rtm_change_end(t, 0);
}

/**
 * rtm_table_del - delete a table
 * @req: request
 * @args: its name
 *
 * Return: 0 or the error for the requester.
 */
int rtm_table_del(const struct rtm_request *req, const struct rtm_args *args)
{
	bool empty_only = req->nlh->nlmsg_flags & NLM_F_NONREC;
	struct rtm_table *t;
	int err = 0;

	mutex_lock(&req->rn->lock);
	t = rtm_table_named(req, args);
	if (!t) {
		err = -ENOENT;
	} else if (empty_only && t->info.routes) {
		nl_rcv_err_attr(req->extack, args->tb[RTM_TABLE_A_NAME],
				"table \"%s\" is not empty", args->table);
		err = -ENOTEMPTY;
	} else {
		rtm_table_unlink(t);
		rtm_table_event(req, t);
		rtm_trie_free(rtm_table_trie(t));
		call_rcu(&t->rcu, rtm_table_free_rcu);
	}
	mutex_unlock(&req->rn->lock);
	return err;
}

/**
 * rtm_table_clear - delete all routes of a table
 * @req: request
 * @args: its name
 *
 * Readers see all of the routes or none.
 *
 * Return: 0 or the error for the requester.
 */
int rtm_table_clear(const struct rtm_request *req, const struct rtm_args *args)
{
	struct rtm_trie *trie = rtm_trie_alloc(&req->rn->lock);
	struct rtm_table *t;
	int err = 0;

	if (!trie)
		return -ENOMEM;

	mutex_lock(&req->rn->lock);
	t = rtm_table_named(req, args);
	if (t) {
		rtm_change_begin(t);
		trie = rcu_replace_pointer(t->trie, trie,
					   lockdep_is_held(&t->rn->lock));
		rtm_change_end(t, -(int)t->info.routes);
		rtm_table_event(req, t);
	} else {
		err = -ENOENT;
	}
	mutex_unlock(&req->rn->lock);

	/* What the table had, or what it did not get. */
	rtm_trie_free(trie);
	return err;
}

/**
 * rtm_tables_clear - release all tables of a network namespace
 * @rn: its state, which nobody sees any more
 *
 * rtm_trie_flush() must follow.
 */
void rtm_tables_clear(struct rtm_net *rn)
{
	struct rtm_table *t;
	unsigned long id;

	mutex_lock(&rn->lock);
	xa_for_each(&rn->tables, id, t) {
		xa_erase(&rn->tables, id);
		rhashtable_remove_fast(&rn->names, &t->node, rtm_names_params);
		rtm_trie_free(rtm_table_trie(t));
		call_rcu(&t->rcu, rtm_table_free_rcu);
		cond_resched();
	}
	mutex_unlock(&rn->lock);
}

/**
 * rtm_tables_destroy - undo rtm_tables_init()
 * @rn: state of a network namespace, without tables
 */
void rtm_tables_destroy(struct rtm_net *rn)
{
	WARN_ON_ONCE(atomic_read(&rn->n_routes.held));
	WARN_ON_ONCE(atomic_read(&rn->n_tables.held));
	rhashtable_destroy(&rn->names);
	xa_destroy(&rn->tables);
	mutex_destroy(&rn->lock);
}
