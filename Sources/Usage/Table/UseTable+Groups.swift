// Uses that differ in nothing but the resource.

import CloudTrail
import JSONStream

extension UseTable {
  /// The uses of which one principal has more than a number of resources under one action and context.
  ///
  /// - Parameters:
  ///   - limit: The number.
  ///   - isLifted: Whether uses that have a key but for the resource are counted in whatever their number.
  /// - Returns: Their places; none of principals of which they are known to be few enough.
  /// - Complexity: O(*n*) in the number of uses.
  func crowded(limit: Int, _ isLifted: (UseKey) -> Bool) -> [Int] {
    var index = HashIndex()
    var groups: [(sample: Int, count: Int)] = []
    var groupOfPlace = [Int](repeating: -1, count: rows.count)
    for place in places {
      let row = rows[place]
      guard mayBeLarge(row.principal, limit: limit) else { continue }
      let hash = JSONDigest(UInt64(row.action) << 32 | UInt64(row.principal))
        .following(JSONDigest(UInt64(row.context))).value
      let known = index.find(hash) { group in
        let sample = rows[groups[group].sample]
        return sample.action == row.action && sample.principal == row.principal
          && sample.context == row.context
      }
      if known == nil {
        index.insert(groups.count, hash)
        groups.append((place, 0))
      }
      let group = known ?? groups.count - 1
      groups[group].count += 1
      groupOfPlace[place] = group
    }
    let reader = UseReader(self)
    let isCrowd = groups.map { $0.count > limit || isLifted(reader.key(at: $0.sample)) }
    guard isCrowd.contains(true) else { return [] }
    return places.filter { groupOfPlace[$0] >= 0 && isCrowd[groupOfPlace[$0]] }
  }
}
