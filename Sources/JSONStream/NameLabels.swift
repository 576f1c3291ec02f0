// Text with the names in it taken out: what is left when it does not matter how things are called.
//
// Most events of a trail differ from earlier ones by nothing but names: ids, hashes, accounts, what users called their
// buckets. `arn:aws:kms:eu-west-1:111122223333:key/1234abcd-…` is a key's ARN whatever the key's id. So a text is taken
// apart into *labels*, the runs of letters and digits that may be names, and the *skeleton* around them:
//
//     text       arn:aws:s3:::logs-2b7e15/2b7e15
//     labels     logs-2b7e15, 2b7e15
//     skeleton   arn:aws:s3:::⟨label 0⟩/⟨label 1⟩
//
// The skeleton says of every label of which sorts of characters it is, how long it is (roughly, where it has hyphens), and
// to which others it is equal. Whatever is decided by looking at other characters, at lengths, at sorts of characters, and
// at whether whole labels are equal, is decided alike for all texts with one skeleton. Invariant NAMES-ARE-OPAQUE: a run
// is a label or not by its own letters alone, never by where it stands; so two runs that are equal are both labels, or
// neither is.
//
// A run is of letters and digits and of single hyphens between them. It is a label if it has a digit and at least four
// characters, and means nothing to whoever looks: no word of a `LabelVocabulary` is in it. Of `vol-0a1b2c3d` the
// beginning tells what it names and stays in the skeleton. Texts that would have to be decoded first (escapes, percent
// signs, control characters) are not taken apart (`isWhole`).

/// Words that are no names although they look like some.
package struct LabelVocabulary: Sendable {
  /// Hashes of words in small letters, 0 where there is none, at places that follow from the hash.
  private var words: [UInt64]
  private var count = 0
  /// Pieces of words in small letters: what has one of them in it is no name.
  private let stems: [[UInt8]]
  /// Beginnings of words in small letters: what begins with one of them is no name.
  private let beginnings: [[UInt8]]
  /// Hashes of what stands before the first hyphen of names and tells what they name.
  private var prefixes: Set<UInt64> = []

  /// Creates a vocabulary without words.
  ///
  /// - Parameters:
  ///   - stems: Pieces of words; what has one of them in it, ASCII case aside, is no name.
  ///   - beginnings: What begins with one of them, ASCII case aside, is no name.
  package init(stems: [String], beginnings: [String]) {
    words = [UInt64](repeating: 0, count: 1024)
    self.stems = stems.map { Array($0.lowercased().utf8) }
    self.beginnings = beginnings.map { Array($0.lowercased().utf8) }
  }

  /// Adds the words of a text: its runs of letters, digits and hyphens, whole and in parts.
  ///
  /// - Parameter text: The text.
  package mutating func add(_ text: UnsafeRawBufferPointer) {
    var start = 0
    while start < text.count {
      guard unsafe NameLabels.isLetter(text[start]) || NameLabels.isDigit(text[start]) else {
        start += 1
        continue
      }
      let run = unsafe NameLabels.Run(text, start..<text.count)
      // Only what has a digit may be taken for a name.
      if run.hasDigit {
        unsafe insert(LabelVocabulary.hash(text, run.range))
        var part = run.range.lowerBound
        for place in run.range where unsafe text[place] == UInt8(ascii: "-") {
          unsafe insert(LabelVocabulary.hash(text, part..<place))
          part = place + 1
        }
        unsafe insert(LabelVocabulary.hash(text, part..<run.range.upperBound))
      }
      start = run.range.upperBound
    }
  }

  /// Adds what may stand before the first hyphen of a name and stays in the skeleton.
  ///
  /// - Parameter prefix: Letters, such as `vol`.
  package mutating func add(prefix: String) {
    var prefix = prefix
    prefix.withUTF8 { bytes in
      _ = unsafe prefixes.insert(LabelVocabulary.hash(UnsafeRawBufferPointer(bytes), 0..<bytes.count))
    }
  }

  /// Whether a run that has a digit is no name.
  ///
  /// - Parameters:
  ///   - text: A buffer.
  ///   - range: Where the run stands in it.
  /// - Returns: Whether it is.
  func contains(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    if has(unsafe LabelVocabulary.hash(text, range)) { return true }
    for beginning in beginnings
    where unsafe LabelVocabulary.holds(beginning, text, range, at: range.lowerBound) {
      return true
    }
    return stems.contains { stem in
      var start = range.lowerBound
      while start + stem.count <= range.upperBound {
        if unsafe LabelVocabulary.holds(stem, text, range, at: start) { return true }
        start += 1
      }
      return false
    }
  }

  /// Whether what stands before the first hyphen of a run tells what it names.
  func hasPrefix(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    unsafe prefixes.contains(LabelVocabulary.hash(text, range))
  }

  private static func holds(
    _ word: [UInt8], _ text: UnsafeRawBufferPointer, _ range: Range<Int>, at start: Int
  ) -> Bool {
    guard start + word.count <= range.upperBound else { return false }
    for place in 0..<word.count where unsafe NameLabels.small(text[start + place]) != word[place] {
      return false
    }
    return true
  }

  /// FNV-1a of a run in small letters; a hash that two runs share makes one more of them no name, no more than that.
  private static func hash(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for place in range { hash = unsafe (hash ^ UInt64(NameLabels.small(text[place]))) &* 0x100_0000_01B3 }
    return hash | 1
  }

  private func place(_ hash: UInt64) -> Int {
    let mask = words.count - 1
    var place = Int(truncatingIfNeeded: hash >> 20) & mask
    while words[place] != 0, words[place] != hash { place = (place + 1) & mask }
    return place
  }

  private func has(_ hash: UInt64) -> Bool { words[place(hash)] == hash }

  private mutating func insert(_ hash: UInt64) {
    let place = place(hash)
    guard words[place] == 0 else { return }
    words[place] = hash
    count += 1
    guard count * 2 > words.count else { return }
    let old = words
    words = [UInt64](repeating: 0, count: 2 * old.count)
    for hash in old where hash != 0 { words[self.place(hash)] = hash }
  }
}

/// The labels of texts, and the skeleton that is left; reusable without allocation.
package struct NameLabels: Sendable {
  /// One label.
  package struct Label: Sendable {
    /// Where its letters begin in ``letters``.
    let start: Int
    /// How many it has.
    package let count: Int
    let digest: JSONDigest
  }

  /// A label has at least as many characters.
  static let shortest = 4
  /// Texts with more labels, or longer ones, are not taken apart: they seldom come again with other names.
  private static let mostLabels = 128
  private static let longestSkeleton = 1 << 14

  private let vocabulary: LabelVocabulary
  private var skeleton: [UInt8] = []
  private var letters: [UInt8] = []
  /// The distinct labels in the order in which they were met first.
  package private(set) var labels: [Label] = []
  /// Whether all texts could be taken apart; the skeleton says nothing otherwise.
  package private(set) var isWhole = true

  /// Creates a skeleton of no text.
  ///
  /// - Parameter vocabulary: Words that are no names.
  package init(_ vocabulary: LabelVocabulary) {
    self.vocabulary = vocabulary
    skeleton.reserveCapacity(4096)
    letters.reserveCapacity(1024)
  }

  /// Forgets all texts.
  package mutating func reset() {
    skeleton.removeAll(keepingCapacity: true)
    letters.removeAll(keepingCapacity: true)
    labels.removeAll(keepingCapacity: true)
    isWhole = true
  }

  /// Notes that something could not be taken apart.
  package mutating func giveUp() { isWhole = false }

  /// The digest of the skeleton so far.
  package var digest: JSONDigest { JSONDigest(skeleton.span) }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  @inline(__always)
  static func small(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }

  /// A run of letters and digits, and of single hyphens between them.
  struct Run {
    /// Where it stands.
    var range: Range<Int>
    /// The sorts of its characters: digits 1, large letters 2, small letters 4, hyphens 8.
    var sorts: UInt8 = 0
    /// Where the first hyphen stands, or the end.
    var firstHyphen: Int
    /// Where what is behind the last hyphen begins.
    var lastPart: Int

    var hasDigit: Bool { sorts & 1 != 0 }
    var hasHyphen: Bool { sorts & 8 != 0 }

    /// Reads the run that begins at the beginning of a range, where a letter or digit stands.
    @inline(__always)
    init(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
      var place = range.lowerBound
      lastPart = place
      firstHyphen = -1
      while place < range.upperBound {
        let byte = unsafe text[place]
        if NameLabels.isDigit(byte) {
          sorts |= 1
        } else if NameLabels.isLetter(byte) {
          sorts |= byte & 0x20 == 0 ? 2 : 4
        } else {
          guard byte == UInt8(ascii: "-"), place + 1 < range.upperBound else { break }
          let next = unsafe text[place + 1]
          guard NameLabels.isDigit(next) || NameLabels.isLetter(next) else { break }
          sorts |= 8
          if firstHyphen < 0 { firstHyphen = place }
          lastPart = place + 1
        }
        place += 1
      }
      self.range = range.lowerBound..<place
      if firstHyphen < 0 { firstHyphen = place }
    }

    /// What the skeleton says of its length: all of it without hyphens; with them whether a region may be as long, and
    /// whether it ends as names of secrets do, with six characters of the service's choice.
    var length: UInt8 {
      if !hasHyphen { return UInt8(truncatingIfNeeded: range.count) }
      return (range.count > 32 ? 1 : 0) | (range.upperBound - lastPart == 6 ? 2 : 0)
    }
  }

  /// Takes what stays in the skeleton off a run.
  ///
  /// - Parameters:
  ///   - run: The run; then the label in it.
  ///   - text: The text.
  /// - Returns: Whether there is a label in it.
  @inline(__always)
  private func isLabel(_ run: inout Run, _ text: UnsafeRawBufferPointer) -> Bool {
    guard run.hasDigit else { return false }
    while true {
      guard run.range.count >= NameLabels.shortest, run.hasDigit else { return false }
      if run.sorts == 1 { return true }
      // Nobody gives a meaning to universally unique ids (RFC 9562, section 4).
      if run.range.count == 36, run.sorts & 8 != 0, unsafe NameLabels.isUUID(text, run.range.lowerBound) {
        return true
      }
      if unsafe vocabulary.contains(text, run.range) { return false }
      guard run.hasHyphen, unsafe vocabulary.hasPrefix(text, run.range.lowerBound..<run.firstHyphen) else {
        return true
      }
      run = unsafe Run(text, run.firstHyphen + 1..<run.range.upperBound)
    }
  }

  private static func isUUID(_ text: UnsafeRawBufferPointer, _ start: Int) -> Bool {
    for place in 0..<36 {
      let byte = unsafe text[start + place]
      switch place {
      case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
      default: if !isDigit(byte) && (byte | 0x20) &- UInt8(ascii: "a") > 5 { return false }
      }
    }
    return true
  }

  // MARK: Taking texts apart

  // In the skeleton, bytes below 0x04 are marks: texts with control characters are not taken apart.
  private static let label: UInt8 = 1
  private static let end: UInt8 = 2
  private static let absent: UInt8 = 3

  /// Marks the end of a text, so that texts cannot run into each other.
  package mutating func endText() { skeleton.append(NameLabels.end) }

  /// Adds a text that may be absent, and its end.
  ///
  /// - Parameter text: The text.
  package mutating func append(_ text: String?) {
    guard var text else {
      skeleton.append(NameLabels.absent)
      return
    }
    text.withUTF8 { bytes in unsafe append(UnsafeRawBufferPointer(bytes), 0..<bytes.count) }
    endText()
  }

  /// Adds a value as it stands in JSON, and its end; the names of members are kept as they are.
  ///
  /// - Parameters:
  ///   - index: The index of the value.
  ///   - nodes: The nodes of a tape.
  ///   - text: The text of the tape.
  package mutating func append(
    _ index: Int, _ nodes: UnsafeBufferPointer<JSONTape.Node>, _ text: UnsafeRawBufferPointer
  ) {
    let value = unsafe nodes[index]
    var copied = value.start
    var place = index
    // All offsets come from the tape, which has checked them against the text.
    while isWhole, place < value.next {
      let node = unsafe nodes[place]
      place += 1
      if node.isOpaque || node.hasEscapes { return giveUp() }
      switch node.kind {
      case .null, .true, .false, .array, .object: continue
      case .number:
        // The digits of an exponent are no name.
        if unsafe text[node.range].contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) { return giveUp() }
        unsafe copy(text, copied..<node.start)
        unsafe append(text, node.range)
        copied = node.end
      case .string:
        if unsafe NameLabels.isName(node, text, before: value.end) {
          if unsafe text[node.range].contains(where: { $0 < 0x20 }) { return giveUp() }
          continue
        }
        unsafe copy(text, copied..<node.start + 1)
        unsafe append(text, node.start + 1..<node.end - 1)
        copied = node.end - 1
      }
    }
    unsafe copy(text, copied..<value.end)
    endText()
  }

  /// Whether a string is the name of a member: a colon stands behind it.
  private static func isName(_ node: JSONTape.Node, _ text: UnsafeRawBufferPointer, before end: Int) -> Bool {
    var place = node.end
    while place < end, unsafe text[place].isJSONWhitespace { place += 1 }
    guard place < end else { return false }
    return unsafe text[place] == UInt8(ascii: ":")
  }

  /// Adds letters as they are.
  private mutating func copy(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    guard skeleton.count + range.count <= NameLabels.longestSkeleton else { return giveUp() }
    unsafe skeleton.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[range]))
  }

  /// Adds a text without its end.
  private mutating func append(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    var copied = range.lowerBound
    var place = copied
    while place < range.upperBound {
      let byte = unsafe text[place]
      guard NameLabels.isLetter(byte) || NameLabels.isDigit(byte) else {
        if byte < 0x20 || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") { return giveUp() }
        place += 1
        continue
      }
      var run = unsafe Run(text, place..<range.upperBound)
      place = run.range.upperBound
      guard unsafe isLabel(&run, text) else { continue }
      unsafe copy(text, copied..<run.range.lowerBound)
      unsafe append(run, text)
      guard isWhole else { return }
      copied = place
    }
    unsafe copy(text, copied..<range.upperBound)
  }

  private mutating func append(_ run: Run, _ text: UnsafeRawBufferPointer) {
    let digest = unsafe JSONDigest(text, run.range)
    // Lengths and numbers are written into single bytes.
    guard run.range.count < 256 else { return giveUp() }
    var number = 0
    while number < labels.count, labels[number].digest != digest || labels[number].count != run.range.count {
      number += 1
    }
    if number == labels.count {
      guard number < NameLabels.mostLabels else { return giveUp() }
      labels.append(Label(start: letters.count, count: run.range.count, digest: digest))
      unsafe letters.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[run.range]))
    }
    skeleton.append(NameLabels.label)
    skeleton.append(run.sorts)
    skeleton.append(run.length)
    skeleton.append(UInt8(truncatingIfNeeded: number))
  }

  // MARK: Labels

  /// The letters of all labels, each where ``range(_:)`` says.
  package var allLetters: [UInt8] { letters }

  /// Where the letters of a label stand among all letters.
  ///
  /// - Parameter number: The number of the label.
  /// - Returns: The range in ``allLetters``.
  package func range(_ number: Int) -> Range<Int> {
    labels[number].start..<labels[number].start + labels[number].count
  }

  /// Finds the labels in a text.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - visit: What is done with each run that is one of the labels: where it stands, and the label's number.
  package func find(in bytes: Span<UInt8>, _ visit: (_ range: Range<Int>, _ number: Int) -> Void) {
    unsafe bytes.withUnsafeBytes { text in
      var place = 0
      while place < text.count {
        guard unsafe NameLabels.isLetter(text[place]) || NameLabels.isDigit(text[place]) else {
          place += 1
          continue
        }
        var run = unsafe Run(text, place..<text.count)
        place = run.range.upperBound
        guard unsafe isLabel(&run, text) else { continue }
        let digest = unsafe JSONDigest(text, run.range)
        for (number, label) in labels.enumerated()
        where label.count == run.range.count && label.digest == digest {
          visit(run.range, number)
        }
      }
    }
  }

  /// Labels of the same lengths and sorts of characters, each of which is none of these.
  ///
  /// - Returns: Their letters, laid out as ``allLetters`` is; `nil` where none were found.
  package func renamed() -> [UInt8]? {
    var random = SystemRandomNumberGenerator()
    var digests = Set(labels.map(\.digest))
    var renamed = letters
    for label in labels {
      let range = label.start..<label.start + label.count
      var isNew = false
      for _ in 0..<8 where !isNew {
        let isUUID = unsafe letters.withUnsafeBytes { text in
          unsafe label.count == 36 && NameLabels.isUUID(text, label.start)
        }
        for place in range {
          renamed[place] = NameLabels.other(letters[place], isHexadecimal: isUUID, &random)
        }
        let isLabel = unsafe renamed.withUnsafeBytes { text in
          var run = unsafe Run(text, range)
          return unsafe self.isLabel(&run, text) && run.range == range
        }
        isNew = isLabel && digests.insert(JSONDigest(renamed.span.extracting(range))).inserted
      }
      guard isNew else { return nil }
    }
    return renamed
  }

  /// Any character of the same sort; no zero, with which numbers may not begin.
  private static func other(
    _ byte: UInt8, isHexadecimal: Bool, _ random: inout SystemRandomNumberGenerator
  ) -> UInt8 {
    if byte == UInt8(ascii: "-") { return byte }
    if isDigit(byte) { return UInt8.random(in: UInt8(ascii: "1")...UInt8(ascii: "9"), using: &random) }
    let last = isHexadecimal ? UInt8(ascii: "f") : UInt8(ascii: "z")
    let letter = UInt8.random(in: UInt8(ascii: "a")...last, using: &random)
    return byte & 0x20 == 0 ? letter & 0xDF : letter
  }
}
