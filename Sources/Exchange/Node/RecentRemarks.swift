import Audit
import Primitives

/// Which remarks were recorded in the last hour, so that each becomes one leaf, and those of one
/// member a bounded number.
struct RecentRemarks: Sendable {
    /// Of one member, or of all strangers, in an hour; what is beyond is answered, not recorded.
    static let mostOfMember = 1000

    private struct Name: Hashable {
        let event: AuditEvent
        let reason: AuditReason?
        let about: Digest

        init(_ remark: Remark) {
            event = remark.facts.event
            reason = remark.facts.reason
            about = remark.about
        }
    }

    private var times: [MemberID?: [Name: Duration]] = [:]

    /// - Returns: whether the remark is to be recorded now.
    mutating func add(_ remark: Remark, at now: Duration) -> Bool {
        var recent = (times[remark.member] ?? [:]).filter { now - $0.value < .hours(1) }
        defer { times[remark.member] = recent }
        let name = Name(remark)
        guard recent[name] == nil, recent.count < Self.mostOfMember else { return false }
        recent[name] = now
        return true
    }

    mutating func forget(_ remark: Remark) { times[remark.member]?[Name(remark)] = nil }
}
