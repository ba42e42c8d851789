"""Workflows that the program has never seen: the example of flow.md 9, and one that uses every part of the form."""

from __future__ import annotations

LOOK_BACK = """
name = "look_back"
version = 1
title = "回头看"
initial = "planned"
role = [
  { code = "shift_supervisor", label = "值班长", centre = true },
  { code = "inspector", label = "监督员", centre = true, sees = "own" },
]
state = [
  { name = "planned", label = "待回访", owner = "inspector", limit = "15工作日" },
  { name = "visited", label = "已回访", terminal = true },
]
[[transition]]
trigger = "plan"
label = "安排回访"
from = []
to = "planned"
roles = ["shift_supervisor"]
records = ["inspector"]
[[transition]]
trigger = "visit"
label = "回访"
from = ["planned"]
to = "visited"
roles = ["inspector"]
guards = ["assigned_inspector"]
records = ["result", "position", "photos_verification"]
"""

# A permit to dig up a road: other roles, other words, clocks on states and across states, holds, branches, requests.
PERMIT = """
name = "permit"
version = 3
title = "占道挖掘许可"
initial = "asked"
restricted = true
role = [
  { code = "clerk", label = "窗口", centre = true },
  { code = "chief", label = "科长", centre = true },
  { code = "firm", label = "施工单位", sees = "department" },
  { code = "walker", label = "巡查", centre = true, sees = "own" },
]
state = [
  { name = "asked", label = "待审查", owner = "chief", limit = "review", escalate_to = "chief" },
  { name = "working", label = "施工中", owner = "firm", limit = "work", escalate_to = "chief" },
  { name = "paused", label = "停工", owner = "clerk", limit = "2工作日", escalate_to = "chief" },
  { name = "checked", label = "待验收", owner = "chief", limit = "1紧急工作日", escalate_to = "chief" },
  { name = "done", label = "办结", terminal = true },
  { name = "declined", label = "不予许可", terminal = true },
  { name = "cancelled", label = "撤销", terminal = true },
]

[[transition]]
trigger = "apply"
label = "申请"
from = []
to = "asked"
roles = ["clerk"]
guards = ["point_in_cell", "never_filed"]
records = ["document"]
optional = ["opinion", "photos_other"]

[[transition]]
trigger = "permit"
label = "许可"
from = ["asked"]
to = "working"
roles = ["chief"]
guards = ["one_main_department", "department_active", "not_actor_of:apply", "not_own_unit", "never:permit"]
records = ["department"]

[[transition]]
trigger = "refuse_permit"
label = "不予许可"
from = ["asked"]
to = "declined"
roles = ["chief"]
guards = ["never:permit"]
backward = true

[[transition]]
trigger = "pause"
label = "停工"
from = ["working"]
to = "paused"
roles = ["firm", "clerk"]
backward = true

[[transition]]
trigger = "go_on"
label = "复工"
from = ["paused"]
to = "working"
roles = ["clerk"]
guards = ["came_from:working", "one_main_department"]
records = ["department"]

[[transition]]
trigger = "finish"
label = "完工"
from = ["working"]
to = "checked"
roles = ["firm"]
guards = ["own_department_main", "not_held", "has_photo:after", "not_organisation_of:apply"]
records = ["photos_after", "measure"]

[[transition]]
trigger = "judge"
label = "验收合格"
from = ["checked"]
to = "done"
roles = ["chief"]
guards = ["result_is:good", "actor_of:permit"]
records = ["result"]

[[transition]]
trigger = "judge"
label = "验收不合格"
from = ["checked"]
to = "working"
roles = ["chief"]
guards = ["result_is:bad", "after:finish"]
records = ["result", "reason"]

[[transition]]
trigger = "cancel"
label = "撤销"
from = ["asked", "working", "paused"]
to = "cancelled"
roles = ["chief"]
guards = ["void_request_open"]

[[inner]]
trigger = "remark"
label = "备注"
in = ["working", "paused"]
roles = ["firm", "clerk"]
records = ["opinion"]

[[clock]]
name = "review"
label = "审查"
limit = "1工作日"
starts = ["apply"]
stops = ["permit", "refuse_permit"]

[[clock]]
name = "work"
label = "施工"
limit = "3工作日"
starts = ["permit", "go_on"]
stops = ["finish"]
holds = ["pause"]
resumes = ["go_on", "judge"]

[[request]]
kind = "extension"
label = "延期"
in = ["working"]
asks = ["firm"]
decides = ["clerk"]
clock = "work"
size = "1工作日"
max = 1

[[request]]
kind = "suspension"
label = "缓工"
in = ["working"]
asks = ["firm"]
forwards = "clerk"
decides = ["chief"]
clock = "work"
max_days = 30

[[request]]
kind = "void"
label = "撤销"
in = ["asked", "working", "paused"]
asks = ["clerk", "firm"]
decides = ["chief"]
"""
