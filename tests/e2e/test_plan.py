# SPDX-License-Identifier: GPL-3.0-or-later
"""civicum plan: for this machine, for one that is asked for, for one whose files were captured."""
import json

from harness import BAD_USAGE, ENDED_WELL, REFUSED, WITH_FINDINGS, Case, Run
import harness

GIB = 1 << 30


class Plan(Case):
    def plan(self, *words, code=ENDED_WELL):
        run = Run([harness.PROGRAM, "plan", *words], self.data)
        self.addCleanup(run.end)
        self.assert_code(run.finish(), code)
        return run.out

    def test_all_shares_add_up_to_the_budget(self):
        plan = json.loads(self.plan("--memory", "12G", "--cpus", "4", "--jobs", "2", "--database", "postgres", "--json"))
        self.assertEqual(("fits", 12 * GIB), (plan["verdict"], plan["budget_bytes"]))
        self.assertEqual(12 * GIB, sum(share["bytes"] for share in plan["shares"]))
        self.assertEqual({"system", "page_cache", "gateway", "database", "readers", "reserve"},
                         {share["kind"] for share in plan["shares"]})
        self.assertTrue(all(share["reason"] for share in plan["shares"]))

    def test_what_does_not_fit_is_said_with_what_would(self):
        text = self.plan("--memory", "100M", code=REFUSED)
        self.assertIn("MISSING: one reader", text)
        self.assertIn("--memory 192M", text)
        self.assertIn("cut: readers", self.plan("--memory", "500M", "--jobs", "8", code=WITH_FINDINGS))

    def test_a_machine_without_a_limit_is_told_so_loudly(self):
        machine = self.folder / "machine"
        (machine / "proc").mkdir(parents=True)
        (machine / "proc/meminfo").write_text("MemTotal: 8388608 kB\nMemAvailable: 8000000 kB\nSwapTotal: 0 kB\n")
        text = self.plan("--host", machine, "--cpus", "4")
        self.assertIn("budget: 5.6 GiB: NOTHING LIMITS civicum here", text)
        plan = json.loads(self.plan("--host", machine, "--json"))
        self.assertEqual((8 * GIB // 100 * 70, "share_of_memory"), (plan["budget_bytes"], plan["budget_from"]))

    def test_a_captured_machine_with_a_limit_above_is_planned_within_it(self):
        machine = self.folder / "machine"
        group = machine / "sys/fs/cgroup/system.slice/civicum.service/main"
        group.mkdir(parents=True)
        (machine / "proc/self").mkdir(parents=True)
        (machine / "proc/meminfo").write_text("MemTotal: 16777216 kB\n")
        (machine / "proc/self/cgroup").write_text("0::/system.slice/civicum.service/main\n")
        (machine / "proc/self/mountinfo").write_text("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
        (group / "memory.max").write_text("max\n")
        (group.parent / "memory.max").write_text(f"{4 * GIB}\n")
        (group.parent / "cpu.max").write_text("150000 100000\n")
        plan = json.loads(self.plan("--host", machine, "--json"))
        self.assertEqual((4 * GIB, "cgroup_limit", 1), (plan["budget_bytes"], plan["budget_from"], plan["readers"]))

    def test_an_empty_machine_is_planned_by_guess_and_that_is_said(self):
        (self.folder / "empty").mkdir()
        self.assertIn("CANNOT BE SEEN", self.plan("--host", self.folder / "empty", code=WITH_FINDINGS))

    def test_what_is_no_size_or_no_folder_is_refused(self):
        for words in (("--memory", "much"), ("--host", self.folder / "none"), ("--database", "oracle"), ("--cpus", "0")):
            self.plan(*words, code=BAD_USAGE)
