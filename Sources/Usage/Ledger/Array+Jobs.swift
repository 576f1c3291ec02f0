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

  /// Works on all elements with several threads, and takes what comes of each in the order of the elements.
  ///
  /// A thread works on one element at a time, and waits for those before it to be taken: so no more results are kept than
  /// there are threads, and none waits long where elements take about as much work.
  ///
  /// - Parameters:
  ///   - jobs: How many threads work; at least one does.
  ///   - makeWorker: Makes what a thread works with, and in which it keeps the result.
  ///   - work: Works on an element; the result must depend on nothing but the element.
  ///   - take: Takes the result out of a worker, one at a time, and returns whether others are wanted; those that are being
  ///     worked on are handed over even so.
  package func forEach<Worker>(
    jobs: Int, with makeWorker: @Sendable () -> Worker, work: @Sendable (Element, inout Worker) -> Void,
    inOrder take: (inout Worker) -> Bool
  ) {
    let threads = Swift.max(1, Swift.min(jobs, count))
    let next = Atomic<Int>(0)
    // Elements that are being worked on follow each other, so that each of them has a semaphore of its own.
    let turns = (0..<threads).map { _ in DispatchSemaphore(value: 0) }
    turns[0].signal()
    withoutActuallyEscaping(take) { take in
      // One thread at a time has its turn, and all have ended when this returns.
      nonisolated(unsafe) let take = take
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        var worker = makeWorker()
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { break }
          work(self[index], &worker)
          turns[index % threads].wait()
          if unsafe !take(&worker) { next.store(count, ordering: .relaxed) }
          turns[(index + 1) % threads].signal()
        }
      }
    }
  }
}
