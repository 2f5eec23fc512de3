"""The keys that do more in code than in prose: Enter, Tab and Backspace."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextBlock, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from desktop.models.typing_help import next_indent


def type_code(editor: QPlainTextEdit, event: QKeyEvent, unit: str, language: str) -> bool:
    """Do what a key means in code; False where it means what it always does."""
    key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
    cursor = editor.textCursor()
    if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and plain:
        line = cursor.block().text()[: cursor.positionInBlock()]
        cursor.insertText("\n" + next_indent(line, unit, language=language))
        editor.setTextCursor(cursor)
        editor.ensureCursorVisible()
    elif key == Qt.Key.Key_Tab and plain:
        _indent(cursor, unit)
    elif key == Qt.Key.Key_Backtab:
        _outdent(cursor, unit)
    elif key == Qt.Key.Key_Backspace and plain and _at_indent(cursor):
        back = (cursor.positionInBlock() - 1) % len(unit) + 1
        cursor.setPosition(cursor.position() - back, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
    else:
        return False
    return True


def _indent(cursor: QTextCursor, unit: str) -> None:
    if not cursor.hasSelection():
        missing = len(unit) - cursor.positionInBlock() % len(unit)
        cursor.insertText(unit if unit == "\t" else " " * missing)
        return
    cursor.beginEditBlock()
    for block in _selected_blocks(cursor):
        if block.length() > 1:
            QTextCursor(block).insertText(unit)
    cursor.endEditBlock()


def _outdent(cursor: QTextCursor, unit: str) -> None:
    cursor.beginEditBlock()
    for block in _selected_blocks(cursor):
        text = block.text()
        spaces = len(text) - len(text.lstrip(" "))
        count = 1 if text.startswith("\t") else min(spaces, len(unit))
        edit = QTextCursor(block)
        edit.setPosition(block.position() + count, QTextCursor.MoveMode.KeepAnchor)
        edit.removeSelectedText()
    cursor.endEditBlock()


def _at_indent(cursor: QTextCursor) -> bool:
    before = cursor.block().text()[: cursor.positionInBlock()]
    return not cursor.hasSelection() and before != "" and not before.strip(" ")


def _selected_blocks(cursor: QTextCursor) -> list[QTextBlock]:
    block = cursor.document().findBlock(cursor.selectionStart())
    found = [block]
    while block.next().isValid() and block.next().position() < cursor.selectionEnd():
        block = block.next()
        found.append(block)
    return found
