// Spreads independent work over threads, with the same result as one thread gives.

import Dispatch
import Synchronization

extension Array where Element: Sendable {
  /// The results of a function for all elements, in their order, worked out by several threads.
  ///
  /// - Parameters:
  ///   - jobs: How many threads work; at least one does.
  ///   - transform: The function, which must depend on nothing but the element.
  /// - Returns: One result for each element.
  package func map<Result: Sendable>(
    jobs: Int, _ transform: @Sendable (Element) -> Result
  ) -> [Result] {
    guard jobs > 1, count > 1 else { return map(transform) }
    let next = Atomic<Int>(0)
    let parts = Mutex<[(index: Int, result: Result)]>([])
    DispatchQueue.concurrentPerform(iterations: Swift.min(jobs, count)) { _ in
      var own: [(index: Int, result: Result)] = []
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { break }
        own.append((index, transform(self[index])))
      }
      parts.withLock { $0 += own }
    }
    return parts.withLock { $0 }.sorted { $0.index < $1.index }.map(\.result)
  }
}
