// How many resources stand behind a pattern of a policy.

import IAM
import Usage

/// The distinct resources that a pattern stands for.
struct ResourcesBehind {
  /// Those that the ledger names.
  private(set) var named: Set<ByteString> = []
  /// Those that the ledger has generalised itself.
  private(set) var generalized = DistinctCount()

  /// How many calls there were on what the ledger has generalised: no fewer than resources.
  private var calls = 0

  /// How many there are: exact but for what the ledger has generalised.
  var count: Int {
    guard generalized.value > 0 else { return named.count }
    var all = generalized
    for name in named { all.insert(name.text) }
    return min(all.value, named.count + calls)
  }

  /// Takes in the resource of a use, or what it was generalised from.
  mutating func insert(_ use: RecordedUse) {
    if use.facts.resources.value > 0 {
      generalized.formUnion(use.facts.resources)
      calls += use.facts.total.count
    } else {
      named.insert(ByteString(use.recorded))
    }
  }
}
