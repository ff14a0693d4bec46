// SPDX-License-Identifier: GPL-2.0
/*
 * Tables: found by name, kept by id.
 */

#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/seqlock.h>
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
	seqlock_init(&rn->seq);
	xa_init_flags(&rn->tables, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return rhashtable_init(&rn->names, &rtm_names_params);
}

/**
 * rtm_table_changed - count a change of a table
 * @t: table
 * @routes: how many more routes it has
 *
 * To be called inside the write side of &rtm_net.seq, together with the change.
 * The change is the namespace's next generation.
 */
void rtm_table_changed(struct rtm_table *t, int routes)
{
	struct rtm_net *rn = t->rn;

	lockdep_assert_held(&rn->lock);
	rn->n_routes.live += routes;
	rn->generation++;
	t->info.generation = rn->generation;
	t->info.routes += routes;
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
		seq = read_seqbegin(&t->rn->seq);
		*info = t->info;
	} while (read_seqretry(&t->rn->seq, seq));
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
	/* The lookup protects it only until it returns. */
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
	/* Readers may find it by name before rtm_table_changed() is called. */
	t->info.generation = rn->generation + 1;
	RCU_INIT_POINTER(t->trie, trie);
	atomic_inc(&rn->n_tables.held);
	return t;
}

/* Makes the table visible, or changes nothing. */
static int rtm_table_publish(struct rtm_net *rn, struct rtm_table *t)
{
	int err;

	/* Reserves the id, so that the xa_store() below cannot fail. */
	err = xa_alloc_cyclic(&rn->tables, &t->id, NULL, xa_limit_32b,
			      &rn->next_id, GFP_KERNEL);
	if (err < 0)
		return err;
	err = rhashtable_insert_fast(&rn->names, &t->node, rtm_names_params);
	if (err) {
		xa_release(&rn->tables, t->id);
		return -ENOMEM;
	}

	write_seqlock(&rn->seq);
	xa_store(&rn->tables, t->id, t, GFP_NOWAIT);
	rn->n_tables.live++;
	rtm_table_changed(t, 0);
	write_sequnlock(&rn->seq);
	return 0;
}

/**
 * rtm_table_new - create a table
 * @req: request; &rtm_net.lock is held
 * @args: its name
 *
 * Return: 0 or the error for the requester.
 */
int rtm_table_new(const struct rtm_request *req, const struct rtm_args *args)
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
	rtm_event(req, t, NULL, NULL);
	return 0;
}

/**
 * rtm_table_del - delete a table
 * @req: request; &rtm_net.lock is held
 * @args: its name
 *
 * Return: 0 or the error for the requester.
 */
int rtm_table_del(const struct rtm_request *req, const struct rtm_args *args)
{
	bool empty_only = req->nlh->nlmsg_flags & NLM_F_NONREC;
	struct rtm_net *rn = req->rn;
	struct rtm_table *t;

	t = rtm_table_named(req, args);
	if (!t)
		return -ENOENT;
	if (empty_only && t->info.routes) {
		nl_rcv_err_attr(req->extack, args->tb[RTM_TABLE_A_NAME],
				"table \"%s\" is not empty", args->table);
		return -ENOTEMPTY;
	}

	write_seqlock(&rn->seq);
	xa_erase(&rn->tables, t->id);
	rhashtable_remove_fast(&rn->names, &t->node, rtm_names_params);
	rn->n_tables.live--;
	/* The event shows how many routes it had. */
	rn->n_routes.live -= t->info.routes;
	rtm_table_changed(t, 0);
	write_sequnlock(&rn->seq);

	rtm_event(req, t, NULL, NULL);
	rtm_trie_free(rtm_table_trie(t));
	call_rcu(&t->rcu, rtm_table_free_rcu);
	return 0;
}

/**
 * rtm_table_clear - delete all routes of a table
 * @req: request; &rtm_net.lock is held
 * @args: its name
 *
 * Readers see all of the routes or none.
 *
 * Return: 0 or the error for the requester.
 */
int rtm_table_clear(const struct rtm_request *req, const struct rtm_args *args)
{
	struct rtm_net *rn = req->rn;
	struct rtm_trie *trie, *old;
	struct rtm_table *t;

	t = rtm_table_named(req, args);
	if (!t)
		return -ENOENT;
	trie = rtm_trie_alloc(&rn->lock);
	if (!trie)
		return -ENOMEM;

	old = rtm_table_trie(t);
	write_seqlock(&rn->seq);
	rcu_assign_pointer(t->trie, trie);
	rtm_table_changed(t, -(int)t->info.routes);
	write_sequnlock(&rn->seq);

	rtm_event(req, t, NULL, NULL);
	rtm_trie_free(old);
	return 0;
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
