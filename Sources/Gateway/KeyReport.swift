package import Cryptography
package import Directory
package import Primitives

/// How the own keys stand: which ends when, and what stops then (`keys-and-directory.md` 9).
package struct KeyReport: Sendable {
    /// One of the three keys.
    package struct Line: Sendable {
        package let usage: MemberKeyUsage
        package let certificate: Certificate
        package let condition: Condition
        /// When the gateway renews it by itself.
        package let renewsAt: Timestamp
        /// A newer key that others use from then on.
        package let nextFrom: Timestamp?
        package let daysLeft: Int
    }

    package enum Condition: String, CaseIterable, Sendable {
        case healthy
        /// Its successor is there and its time comes.
        case changing
        /// It should have renewed itself by now.
        case overdue
        case ended, revoked
        /// The directory names it, and it is not here.
        case lost
    }

    /// What works and what waits, by the worst of the keys.
    package enum State: String, CaseIterable, Sendable {
        case healthy, renewalOverdue, signingEnded, encryptionLost, transportEnded
        case directoryStale, foreignKey
    }

    package let lines: [Line]
    package let state: State

    init(_ lines: [Line], hasForeignKey: Bool, isDirectoryFresh: Bool) {
        self.lines = lines
        func stands(_ usage: MemberKeyUsage, _ conditions: Condition...) -> Bool {
            lines.contains { $0.usage == usage && conditions.contains($0.condition) }
        }
        let isLate = lines.contains { $0.condition == .overdue }
        state =
            if hasForeignKey {
                .foreignKey
            } else if stands(.signing, .ended, .revoked, .lost) {
                .signingEnded
            } else if stands(.transport, .ended, .revoked, .lost) {
                .transportEnded
            } else if stands(.encryption, .lost, .ended, .revoked) {
                .encryptionLost
            } else if !isDirectoryFresh {
                .directoryStale
            } else {
                isLate ? .renewalOverdue : .healthy
            }
    }
}

extension KeyReport.Line {
    init(
        _ usage: MemberKeyUsage,
        _ certificate: Certificate,
        _ condition: KeyReport.Condition,
        nextFrom: Timestamp?,
        at now: Timestamp
    ) {
        self.usage = usage
        self.certificate = certificate
        self.nextFrom = nextFrom
        renewsAt = certificate.renewalDue
        daysLeft = Int(certificate.notAfter.since(now).inMilliseconds / 86_400_000)
        let isLate = now.since(certificate.renewalDue) > KeyReport.grace
        self.condition =
            if condition != .healthy {
                condition
            } else if certificate.notAfter < now {
                .ended
            } else if nextFrom != nil {
                .changing
            } else if isLate { .overdue } else { .healthy }
    }

    /// The mark of days that a person is warned at now: the least that was reached; nil before the
    /// first. Keys that renew themselves warn when that is overdue alone.
    package var warning: Int? {
        let marks =
            switch usage {
            case .signing: [1, 3, 7, 14, 25]
            case .transport: [1, 3, 7]
            case .encryption: [1, 7, 14, 30, 60]
            }
        guard condition == .overdue || condition == .ended || usage == .encryption else {
            return nil
        }
        return marks.first { daysLeft < $0 }
    }
}

extension KeyReport {
    /// So long a renewal may wait for the network before it counts as late.
    static let grace = Duration.days(1)
}
