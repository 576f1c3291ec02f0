// Tables for people: columns aligned by what a terminal shows, not by bytes.

import JSONStream

/// A table of plain text with aligned columns.
struct TextTable {
  /// How a column's cells stand in it.
  enum Alignment {
    /// At the left edge.
    case left
    /// At the right edge, as numbers are read.
    case right
  }

  /// One cell: text from anywhere, made safe when the table is rendered.
  struct Cell {
    /// The text.
    let text: String
    /// How it looks.
    let style: TextStyle

    /// Creates a cell.
    ///
    /// - Parameters:
    ///   - text: The text; it may come from input.
    ///   - style: How it looks.
    init(_ text: String, _ style: TextStyle = .plain) {
      self.text = text
      self.style = style
    }
  }

  private let columns: [(title: String, alignment: Alignment)]
  private var rows: [[Cell]] = []

  /// Creates a table without rows.
  ///
  /// - Parameter columns: The titles and alignments of the columns.
  init(_ columns: (String, Alignment)...) {
    self.columns = columns.map { (title: $0.0, alignment: $0.1) }
  }

  /// Whether the table has no rows.
  var isEmpty: Bool { rows.isEmpty }

  /// Appends a row.
  ///
  /// - Parameter cells: One cell a column.
  mutating func add(_ cells: Cell...) { rows.append(cells) }

  /// Writes the table, each line behind an indentation; nothing where it has no rows.
  ///
  /// A column that is empty in every row is left out.
  ///
  /// - Parameters:
  ///   - output: Where the text goes.
  ///   - indent: The indentation in columns.
  ///   - isColored: Whether cells are coloured.
  func write(to output: inout some ByteOutput & ~Copyable, indent: Int = 2, isColored: Bool) {
    guard !rows.isEmpty else { return }
    var texts = columns.map { (text: $0.title, width: terminalWidth($0.title)) }
    texts.reserveCapacity((rows.count + 1) * columns.count)
    var widths = texts.map(\.width)
    var isShown = [Bool](repeating: false, count: columns.count)
    for row in rows {
      for (column, cell) in row.enumerated() {
        let text = terminalText(cell.text)
        let width = terminalWidth(text)
        texts.append((text, width))
        widths[column] = max(widths[column], width)
        if !text.isEmpty { isShown[column] = true }
      }
    }
    let shown = columns.indices.filter { isShown[$0] }
    guard let last = shown.last else { return }
    var line: [UInt8] = []
    for row in -1..<rows.count {
      let cells = texts[(row + 1) * columns.count..<(row + 2) * columns.count]
      let start = cells.startIndex
      line.append(spaces: indent)
      let last = shown.last { !cells[start + $0].text.isEmpty } ?? last
      for column in shown where column <= last {
        let (text, width) = cells[start + column]
        let isRight = columns[column].alignment == .right
        if isRight { line.append(spaces: widths[column] - width) }
        let style = row < 0 ? TextStyle.dim : rows[row][column].style
        line.append(text: isColored ? TextStyle.paint(text, style, enabled: true) : text)
        if column != last { line.append(spaces: isRight ? 2 : widths[column] - width + 2) }
      }
      line.append(UInt8(ascii: "\n"))
      if line.count >= 1 << 15 {
        output.write(line)
        line.removeAll(keepingCapacity: true)
      }
    }
    output.write(line)
  }
}

extension [UInt8] {
  fileprivate mutating func append(spaces count: Int) {
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }
}
