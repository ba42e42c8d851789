"""The table of commands: where each one lives and its line of help, so that help needs no import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One command: `target` is "module:attribute"; `zh` and `en` are its line of help."""

    target: str
    zh: str
    en: str

    @property
    def help(self) -> str:
        return f"{self.zh} ({self.en})"


COMMANDS: dict[str, Entry] = {
    "serve": Entry("gridcase.cli.serve:serve", "启动网站和接口", "serve the site and the interface"),
    "demo": Entry("gridcase.cli.demo:demo", "演示：模拟一个月并启动网站", "play a month, then serve it"),
    "play": Entry("gridcase.cli.play:play", "按时刻回放情景文件", "play a story at given moments"),
    "clock": Entry("gridcase.cli.clock:clock", "计算到期时刻并逐段说明", "due moment of a limit, explained"),
    "locate": Entry("gridcase.cli.locate:locate", "查找坐标所在的单元网格", "unit grid cell of a point"),
    "check": Entry(
        "gridcase.cli.check:check", "检查流程、地理、配置和数据库", "check all files and the database"
    ),
    "import": Entry(
        "gridcase.cli.imports:import_data",
        "导入工作日历、案件分类、责任规则",
        "import a calendar, categories or rules, shown before",
    ),
    "rules": Entry(
        "gridcase.cli.rules:rules_group", "责任规则的检查与回放", "check responsibility rules, replay them"
    ),
    "diagram": Entry("gridcase.cli.diagram:diagram", "输出流程图 (Mermaid)", "draw a workflow as Mermaid"),
    "workflow": Entry(
        "gridcase.cli.workflow:workflow", "流程版本：比较、迁移", "compare versions, take cases over"
    ),
    "rank": Entry("gridcase.cli.rank:rank", "由案件历史计算排名", "rank units from the case history"),
    "cases": Entry(
        "gridcase.cli.cases:cases", "列出排名中一个数字背后的案件", "the cases behind one number of a ranking"
    ),
    "facts": Entry("gridcase.cli.facts:facts", "按历史重建统计行", "rebuild the fact rows of rankings"),
    "forecast": Entry(
        "gridcase.cli.forecast:forecast", "部门名次预测", "which cases bring a department to a rank"
    ),
    "freeze": Entry(
        "gridcase.cli.frozen:freeze", "冻结一个周期的排名", "write the frozen record of a period"
    ),
    "check-frozen": Entry(
        "gridcase.cli.frozen:check_frozen", "校验冻结的排名", "recompute hash and results of a frozen record"
    ),
    "amend": Entry("gridcase.cli.frozen:amend", "更正冻结的排名", "amend a frozen record"),
    "look-back": Entry(
        "gridcase.cli.look_back:look_back", "各月对比：环比、同比", "months over months, same month last year"
    ),
    "what-if": Entry(
        "gridcase.cli.look_back:what_if",
        "试算：假如当时用另一方案",
        "past months by a scheme that was not in force",
    ),
    "bulletin": Entry(
        "gridcase.cli.bulletin:bulletin", "印发一个冻结周期的通报", "print the bulletin of a frozen period"
    ),
    "integrity": Entry(
        "gridcase.cli.integrity:integrity",
        "列出一个月的提问与说明",
        "questions about a month, with their cases",
    ),
    "import-scores": Entry(
        "gridcase.cli.import_scores:import_scores", "导入外部成绩", "import scores from elsewhere"
    ),
    "import-checks": Entry(
        "gridcase.cli.import_checks:import_checks", "导入现场考评数据", "dust samples, lamps, exam sheets"
    ),
    "list-checks": Entry(
        "gridcase.cli.import_checks:list_checks",
        "列出现场考评数据",
        "the lines behind such a score, the slips",
    ),
    "evaluate": Entry(
        "gridcase.cli.evaluate:evaluate", "按方案计算计数文件", "score a file of counts by a scheme"
    ),
    "district": Entry(
        "gridcase.cli.district:district", "生成示意区的地理数据", "make the synthetic district"
    ),
    "verify-history": Entry(
        "gridcase.cli.history:verify_history", "校验案件历史", "verify the hash chain and all mirrored rows"
    ),
    "replay": Entry("gridcase.cli.history:replay", "按历史重放案件", "replay cases, rebuild mirrored rows"),
    "export": Entry("gridcase.cli.exports:export", "导出案卷", "the case file of a case, as JSON or PDF"),
    "db": Entry("gridcase.cli.db:db", "数据库升级与状态", "migrate the database, show its state"),
    "user": Entry("gridcase.cli.user:user", "管理人员", "manage people"),
    "department": Entry("gridcase.cli.user:department", "管理部门", "manage departments"),
    "token": Entry("gridcase.cli.user:token", "签发接口令牌", "make a token for the interface"),
    "scheduler": Entry("gridcase.cli.jobs:scheduler", "启动定时任务", "run the scheduled jobs"),
    "run-job": Entry("gridcase.cli.jobs:run_job", "按指定时刻运行一次任务", "run one job at a given moment"),
    "jobs": Entry("gridcase.cli.jobs:jobs", "列出任务及其时间", "list the jobs and their times"),
}
