// How formats of lines spell uses.

package import CloudTrail

/// Spells the parts of a use in a format that has a line for one use with one outcome.
///
/// The parts of a line come in the order of the requirements. Lines that have a part in common get copies of what was spelled
/// once, so a spelling must depend on what is handed over and on nothing else.
package protocol UseNotation: Sendable {
  /// Begins a line with who used what.
  ///
  /// - Parameters:
  ///   - principal: Whose permissions were used.
  ///   - action: The action.
  ///   - line: Where the bytes go.
  static func append(_ principal: Principal, _ action: String, to line: inout [UInt8])

  /// Appends what it was used on.
  ///
  /// - Parameters:
  ///   - resource: The letters of the resource; what is no UTF-8 of them is to be replaced.
  ///   - line: Where the bytes go.
  static func append(resource: Span<UInt8>, to line: inout [UInt8])

  /// Appends how calls ended, how many, and when.
  ///
  /// - Parameters:
  ///   - outcome: How they ended.
  ///   - tally: How many they were, and when.
  ///   - resources: How many distinct resources the use stands for.
  ///   - line: Where the bytes go.
  static func append(_ outcome: Outcome, _ tally: Tally, resources: Int, to line: inout [UInt8])

  /// Appends where calls went to and who made them on the principal's behalf.
  ///
  /// - Parameters:
  ///   - regions: The regions.
  ///   - services: The services.
  ///   - line: Where the bytes go.
  static func append(regions: [String], via services: [String], to line: inout [UInt8])

  /// Appends which events show the use.
  ///
  /// - Parameters:
  ///   - examples: Their ids.
  ///   - line: Where the bytes go.
  static func append(_ examples: UseExamples, to line: inout [UInt8])

  /// Ends a line with the context that is essential to the use.
  ///
  /// - Parameters:
  ///   - context: The pairs in their order.
  ///   - line: Where the bytes go.
  static func append(_ context: [ContextPair], to line: inout [UInt8])
}

/// The ids of events that show a use.
package struct UseExamples {
  private let ids: SmallestIDs
  private let texts: [String]

  /// Takes the ids of a row.
  init(_ ids: SmallestIDs) {
    self.ids = ids
    texts = []
  }

  /// Takes ids of any sort.
  init(_ texts: [String]) {
    ids = SmallestIDs()
    self.texts = texts
  }

  /// Visits the ids in their order.
  ///
  /// - Parameter visit: What is done with the number and the letters of each one.
  package func forEach(_ visit: (Int, Span<UInt8>) -> Void) {
    for place in 0..<ids.kept {
      let letters = ids[place].letters
      visit(place, letters.span)
    }
    for (number, text) in texts.enumerated() { visit(number, text.utf8.span) }
  }
}

extension UseFacts {
  /// Visits the outcomes that have a line: that of the calls that got past authorization, and that of those that did not.
  ///
  /// - Parameter visit: What is done with each outcome and its calls.
  package func forEachOutcome(_ visit: (Outcome, Tally) -> Void) {
    let used = allowed.merged(with: failed)
    if used.count > 0 { visit(allowed.count > 0 ? .allowed : .failed, used) }
    if denied.count > 0 { visit(.denied, denied) }
  }
}
