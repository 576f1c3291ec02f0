// Templates of resolutions laid out for filling.
//
// A `ResolutionTemplate` says in words what calls need. Calls are many and templates few, so what is the same for all calls
// of one is turned into numbers of a table once, and what is left, the texts with names in them, into pieces. Filling a
// template then copies bytes and numbers, and counts no references. What it reads of a template is one row of numbers, read
// from its beginning to its end: templates are met in any order, and what stands apart is waited for apart.
//
//     template   how many requirements, and the five numbers of each; how many open texts, and these, each behind the
//                number of its requirement and its part; how many open contexts, and these; the observed context; how many
//                facts, and these
//     context    the number of its requirement; how many pairs, and of each the texts of key and value
//     fact       its sort, whether it has two texts, and these
//     text       how many pieces, and of each where its letters begin and end, and the label of the name behind them; of
//                no pieces, the number of the text
//
// So `arn:aws:s3:::⟨label 1⟩/logs/⟨label 0⟩` has three pieces: `arn:aws:s3:::` and label 1, `/logs/` and label 0, and nothing.

import IAM
import JSONStream

/// Templates by the numbers of what they need in one table.
struct NumberedTemplates: Sendable {
  /// Stands for the label where no name is, and for the requirement where none is.
  private static let none = UInt32.max

  private var rows: [UInt32] = []
  private var letters: [UInt8] = []

  /// Creates no templates.
  init() {}

  // MARK: Laying out

  /// Adds a template.
  ///
  /// - Parameters:
  ///   - template: The template.
  ///   - table: The table that the numbers are of.
  /// - Returns: Where its row begins.
  mutating func append(_ template: ResolutionTemplate, _ table: inout UseTable) -> UInt32 {
    let start = UInt32(rows.count)
    rows.append(UInt32(template.needs.count))
    for need in template.needs {
      let requirement = need.requirement
      let isFixed = need.context.allSatisfy(\.isFixed)
      rows += [
        table.number(requirement.action), NumberedTemplates.number(need.resource, &table),
        isFixed ? table.number(of: requirement.context) : 0, table.number(requirement.rule),
        need.unresolvedReason.map { NumberedTemplates.number($0, &table) } ?? TextTable.none,
      ]
    }
    let texts = template.needs.enumerated().flatMap { number, need in
      [(number, ResolutionTemplate.Part.resource, need.resource)]
        + (need.unresolvedReason.map { [(number, .reason, $0)] } ?? [])
    }.filter { !$0.2.isFixed }
    rows.append(UInt32(texts.count))
    for (need, part, text) in texts {
      rows += [UInt32(need), part.rawValue]
      append(text)
    }
    var contexts = template.needs.enumerated().map { (UInt32($0), $1.context) }
    contexts.append((NumberedTemplates.none, template.observed))
    contexts.removeAll { $0.1.allSatisfy(\.isFixed) }
    rows.append(UInt32(contexts.count))
    for (need, context) in contexts {
      rows += [need, UInt32(context.count)]
      for pair in context {
        for text in [pair.key, pair.value] {
          if text.isFixed { rows += [0, NumberedTemplates.number(text, &table)] } else { append(text) }
        }
      }
    }
    let isFixed = template.observed.allSatisfy(\.isFixed)
    rows.append(isFixed ? table.number(of: template.resolution.observedContext) : 0)
    rows.append(UInt32(template.lessons.count))
    for lesson in template.lessons {
      let (sort, first, second) = lesson.texts
      rows += [sort, second == nil ? 0 : 1]
      append(first)
      if let second { append(second) }
    }
    return start
  }

  /// The number of a text without names.
  private static func number(_ text: ResolutionTemplate.Text, _ table: inout UseTable) -> UInt32 {
    text.isFixed ? table.number(text.letters.span) : TextTable.none
  }

  private mutating func append(_ text: ResolutionTemplate.Text) {
    let base = letters.count
    letters += text.letters
    rows.append(UInt32(text.places.count + 1))
    var start = base
    for place in text.places {
      let end = base + place.offset
      rows += [UInt32(start), UInt32(end), UInt32(place.label)]
      start = end
    }
    rows += [UInt32(start), UInt32(letters.count), NumberedTemplates.none]
  }

  // MARK: Filling

  /// What a call needs.
  ///
  /// - Parameters:
  ///   - start: Where the row of the template begins.
  ///   - labels: The call, taken apart, with as many labels as the template has.
  ///   - table: The table that the numbers are of.
  ///   - found: What the call needs is appended here.
  /// - Returns: The number of the observed context; where the facts begin that the call teaches.
  func fill(
    _ start: UInt32, _ labels: NameLabels, _ table: inout UseTable, _ found: inout [UseTable.Need]
  ) -> (observed: UInt32, lessons: Int) {
    let rows = rows.span
    let letters = letters.span
    let known = labels.known.span
    let names = labels.letters.span
    var place = Int(start)
    let first = found.count
    for _ in 0..<Self.next(rows, &place) {
      found.append(
        UseTable.Need(
          action: rows[place], resource: rows[place + 1], context: rows[place + 2], rule: rows[place + 3],
          reason: rows[place + 4]))
      place += 5
    }
    for _ in 0..<Self.next(rows, &place) {
      let need = first + Int(Self.next(rows, &place))
      let part = Self.next(rows, &place)
      let number = Self.withText(rows, &place, letters, known, names) { table.number($0) }
      if part == ResolutionTemplate.Part.resource.rawValue {
        found[need].resource = number
      } else {
        found[need].reason = number
      }
    }
    var observed: UInt32?
    for _ in 0..<Self.next(rows, &place) {
      let need = Self.next(rows, &place)
      let number = table.number(ofPairs: Int(Self.next(rows, &place))) { _, texts in
        let key = Self.number(rows, &place, letters, known, names, &texts)
        return (key, Self.number(rows, &place, letters, known, names, &texts))
      }
      if need == Self.none { observed = number } else { found[first + Int(need)].context = number }
    }
    let fixed = Self.next(rows, &place)
    return (observed ?? fixed, place)
  }

  /// The digests of the facts that a call teaches, in the order of the template's lessons.
  ///
  /// - Parameters:
  ///   - start: Where they begin.
  ///   - labels: The call, taken apart, with as many labels as the template has.
  /// - Returns: The digests.
  func lessons(_ start: Int, _ labels: NameLabels) -> [JSONDigest] {
    let rows = rows.span
    let letters = letters.span
    let known = labels.known.span
    let names = labels.letters.span
    var place = start
    var digests: [JSONDigest] = []
    for _ in 0..<Self.next(rows, &place) {
      let sort = Self.next(rows, &place)
      let hasSecond = Self.next(rows, &place) == 1
      var digest = Self.withText(rows, &place, letters, known, names) { JSONDigest($0) }
      if hasSecond {
        digest = digest.following(Self.withText(rows, &place, letters, known, names) { JSONDigest($0) })
      }
      digests.append(digest.tagged(UInt64(sort)))
    }
    return digests
  }

  // What follows is given what it looks at: closures that look at the templates would count the references to all their
  // memory.

  /// The number at a place, which is passed.
  @inline(__always)
  private static func next(_ rows: Span<UInt32>, _ place: inout Int) -> UInt32 {
    let number = rows[place]
    place &+= 1
    return number
  }

  /// The number of the text at a place, which is passed.
  @inline(__always)
  private static func number(
    _ rows: Span<UInt32>, _ place: inout Int, _ letters: Span<UInt8>, _ labels: Span<NameLabels.Label>,
    _ names: Span<UInt8>, _ texts: inout TextTable
  ) -> UInt32 {
    if rows[place] != 0 { return withText(rows, &place, letters, labels, names) { texts.number($0) } }
    place &+= 2
    return rows[place &- 1]
  }

  /// Lets something look at the text of the pieces at a place, which are passed.
  @inline(__always)
  private static func withText<Result>(
    _ rows: Span<UInt32>, _ place: inout Int, _ letters: Span<UInt8>, _ labels: Span<NameLabels.Label>,
    _ names: Span<UInt8>, _ look: (Span<UInt8>) -> Result
  ) -> Result {
    let end = place &+ 1 &+ 3 &* Int(rows[place])
    let first = place &+ 1
    place = end
    var count = 0
    for piece in stride(from: first, to: end, by: 3) {
      count &+= Int(rows[piece &+ 1] &- rows[piece])
      if rows[piece &+ 2] != none { count &+= Int(labels[Int(rows[piece &+ 2])].count) }
    }
    return unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { room in
      var filled = 0
      for piece in stride(from: first, to: end, by: 3) {
        unsafe copy(letters, Int(rows[piece]), Int(rows[piece &+ 1] &- rows[piece]), room, &filled)
        if rows[piece &+ 2] != none {
          let label = labels[Int(rows[piece &+ 2])]
          unsafe copy(names, Int(label.start), Int(label.count), room, &filled)
        }
      }
      return unsafe look(UnsafeRawBufferPointer(room).bindMemory(to: UInt8.self).span)
    }
  }

  /// Copies some bytes behind others, where there is room for them.
  @inline(__always)
  private static func copy(
    _ bytes: Span<UInt8>, _ start: Int, _ count: Int, _ room: UnsafeMutableRawBufferPointer, _ end: inout Int
  ) {
    unsafe bytes.withUnsafeBytes { bytes in
      // Room for no bytes may have no address. Pieces and labels stand where they say.
      guard let target = room.baseAddress, let source = bytes.baseAddress else { return }
      unsafe (target + end).copyMemory(from: source + start, byteCount: count)
    }
    end &+= count
  }
}
