import Cryptography
import HTTP
import Primitives
import Staff

/// Forms that make something new and were posted already (P9). The same form with the same words
/// gets the answer of the first post: nobody makes two of anything by pressing twice, and whoever
/// presses while the first is under way waits for it.
///
/// In memory, for a few minutes. What was refused is not kept: it may be posted again.
final class OncePosts: Sendable {
    private enum State {
        case running([CheckedContinuation<Response?, Never>])
        case answered(Response, at: Duration)
    }

    private let posts = Lock<[Digest: State]>([:])
    static let life = Duration.minutes(10)
    static let most = 1000

    /// The answer of `act`, or that of the same form before.
    func answer(_ visit: Visit, _ act: () async -> Response) async -> Response {
        guard let key = Self.key(of: visit) else { return await act() }
        while true {
            if begin(key, at: visit.parts.time.uptime) {
                let response = await act()
                end(key, response, at: visit.parts.time.uptime)
                return response
            }
            if let response = await known(key) { return response }
        }
    }

    /// Of one session, path, form and words; nil for a form that makes nothing new.
    private static func key(of visit: Visit) -> Digest? {
        guard let once = visit.form["once"], !once.isEmpty else { return nil }
        let parts =
            [visit.session.id.text, visit.request.path.joined(separator: "/")]
            + visit.form.fields.flatMap { [$0.name, $0.value] }
        // Each with its length: no two lists of parts are one text.
        return SHA256.hash(parts.flatMap { "\($0.utf8.count):".bytes + $0.bytes })
    }

    /// - Returns: whether this post is the one that acts.
    private func begin(_ key: Digest, at now: Duration) -> Bool {
        posts.withLock { posts in
            // What was answered may hold a code that is shown once.
            posts = posts.filter { Self.age($0.value, now).map { $0 < Self.life } ?? true }
            guard posts[key] == nil else { return false }
            posts[key] = .running([])
            return true
        }
    }

    /// - Returns: nil where the post before came to nothing.
    private func known(_ key: Digest) async -> Response? {
        await withCheckedContinuation { (waiting: CheckedContinuation<Response?, Never>) in
            let state = posts.withLock { posts -> State? in
                guard case .running(let others)? = posts[key] else { return posts[key] }
                posts[key] = .running(others + [waiting])
                return .running([])
            }
            switch state {
            case .running?: break
            case .answered(let response, _)?: waiting.resume(returning: response)
            case nil: waiting.resume(returning: nil)
            }
        }
    }

    private func end(_ key: Digest, _ response: Response, at now: Duration) {
        let isDone = [200, 303].contains(response.status)
        let waiting = posts.withLock { posts -> [CheckedContinuation<Response?, Never>] in
            guard case .running(let waiting)? = posts[key] else { return [] }
            posts[key] = isDone ? .answered(response, at: now) : nil
            if posts.count > Self.most { Self.dropOldest(&posts, now) }
            return waiting
        }
        for other in waiting { other.resume(returning: isDone ? response : nil) }
    }

    /// Since it was answered; nil while it is under way.
    private static func age(_ state: State, _ now: Duration) -> Duration? {
        if case .answered(_, let time) = state { now - time } else { nil }
    }

    private static func dropOldest(_ posts: inout [Digest: State], _ now: Duration) {
        let oldest = posts.max { (age($0.value, now) ?? .zero) < (age($1.value, now) ?? .zero) }
        if let oldest, age(oldest.value, now) != nil { posts[oldest.key] = nil }
    }
}
