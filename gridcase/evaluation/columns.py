"""The count columns that schemes, files and tables may name, with their Chinese labels (evaluation.md 3)."""

from __future__ import annotations

LABELS: dict[str, str] = {
    "reported": "上报数",
    "inspector_reported": "监督员上报数",
    "public_reported": "公众举报数",
    "valid_reported": "有效上报数",
    "self_handled": "自行处置数",
    "accepted": "受理数",
    "declined": "不予受理数",
    "filed": "立案数",
    "rejected": "不予立案数",
    "voided": "作废数",
    "public_filed": "公众举报立案数",
    "missed": "漏报数",
    "dispatch_due": "应派遣数",
    "dispatched": "派遣数",
    "undispatched": "未派遣数",
    "on_time_dispatched": "按时派遣数",
    "late_dispatched": "超时派遣数",
    "accurate_dispatched": "准确派遣数",
    "wrong_dispatched": "错误派遣数",
    "handle_due": "应处置数",
    "handled": "处置数",
    "on_time_handled": "按期处置数",
    "late_handled": "超期处置数",
    "unhandled": "待处置数",
    "open_in_time": "按期待处置数",
    "overdue_unhandled": "超时未处置数",
    "due": "应结案数",
    "closed": "结案数",
    "force_closed": "强制结案数",
    "on_time_closed": "按期结案数",
    "late_closed": "超期结案数",
    "overdue_unclosed": "超期未结案数",
    "carried_over": "上期遗留数",
    "carried_over_handled": "遗留处置数",
    "carried_over_closed": "遗留结案数",
    "carried_over_open": "遗留未处置数",
    "reworked": "返工数",
    "rework_rounds": "返工次数",
    "verification_failed": "核查不合格次数(前两次)",
    "verification_failed_again": "核查不合格次数(第三次起)",
    "extended": "延期数",
    "extension_rounds": "延期次数",
    "held": "挂账(缓办)数",
    "ever_held": "曾挂账数",
    "handed_back": "回退数",
    "late_handed_back": "超时回退数",
    "buck_passed": "推诿数",
    "faked": "虚假处置数",
    "supervised": "督办数",
    "supervision_unanswered": "督办未处理数",
    "appeal_exempted": "申诉免责数",
    "confirm_due": "应核实数",
    "confirmed": "核实数",
    "on_time_confirmed": "按时核实数",
    "verify_due": "应核查数",
    "verified": "核查数",
    "on_time_verified": "按时核查数",
    "confirm_send_due": "应发核实数",
    "on_time_confirm_sent": "按时发核实数",
    "verify_send_due": "应发核查数",
    "on_time_verify_sent": "按时发核查数",
    "on_time_filed": "按时立案数",
    "desk_close_due": "应结案数(值班长)",
    "on_time_desk_closed": "按时结案数(值班长)",
    "urgent_due": "紧急案件应结案数",
    "urgent_closed": "紧急案件结案数",
    "urgent_on_time_closed": "紧急案件按期结案数",
    "assigned_due": "交办案件应结案数",
    "assigned_closed": "交办案件结案数",
    "assigned_on_time_closed": "交办案件按期结案数",
    "public_late_closed": "公众投诉超期结案数",
    "public_overdue_unhandled": "公众投诉超期未处置数",
    "settled_locally": "格内解决数",
    "surveyed": "回访数",
    "satisfied": "满意数",
    # columns of plain tables, any meaning
    "target": "任务数",
    "completed": "完成数",
    "part": "部分数",
    "whole": "总数",
    "this": "本期数",
    "last": "上期数",
    "year_ago": "去年同期数",
}

COUNT_COLUMNS: tuple[str, ...] = tuple(f"{name}_count" for name in LABELS)
_KNOWN = frozenset(COUNT_COLUMNS)


def is_count(column: str) -> bool:
    """Whether the name is a `*_count` column of evaluation.md 3."""
    return column in _KNOWN


def is_score(column: str) -> bool:
    """Whether the name is a `*_score` column: any word before the ending."""
    return column.endswith("_score") and len(column) > len("_score")


def label_of(column: str) -> str:
    """The Chinese label of a count column; a score column is its own label."""
    return LABELS.get(column.removesuffix("_count"), column) if is_count(column) else column
