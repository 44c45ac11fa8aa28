package import Audit
import Cryptography
import Delivery
import Directory
import Japanese
import Primitives
import Sheets
import Storage

// 緊急例外の統計 (C-12): how often sheets left without a consent, and whether somebody looked at it in
// time. Counts alone; nothing of a sheet is opened for them.
extension OrganisationGateway {
    /// Exceptions of one month, each in one of the counts.
    package struct EmergencyMonth: Hashable, Sendable {
        package let year: Int
        package let month: Int
        /// A second person has looked at it within three working days.
        package fileprivate(set) var inTime = 0
        package fileprivate(set) var late = 0
        /// Nobody has, and there is time.
        package fileprivate(set) var waiting = 0
        package fileprivate(set) var overdue = 0

        package var parts: [Int] { [inTime, late, waiting, overdue] }
        package var sum: Int { parts.reduce(0, +) }
    }

    /// The newest month first; months without one are left out.
    package func emergencyMonths() async throws(GatewayError) -> [EmergencyMonth] {
        let rows = try await read { stored throws(StoreError) in
            try stored.waitingEmergencies(limit: .max) + stored.reviewedEmergencies(limit: .max)
        }
        let entry = view.member(member)?.entry
        let calendar = OfficeCalendar(of: nil, in: entry, catalogue.holidays)
        let today = time.now.dayInJapan
        var months: [Int: EmergencyMonth] = [:]
        for row in rows where row.kind == .consent {
            let day = row.usedAt.dayInJapan
            let key = day.year * 12 + day.month
            var month = months[key] ?? EmergencyMonth(year: day.year, month: day.month)
            let dueOn = calendar.workingDay(Self.reviewDays, after: day)
            // Where no calendar says which day that is, it is not said to be late.
            let isLate = dueOn.map { $0 < (row.review?.at.dayInJapan ?? today) } ?? false
            switch (row.review != nil, isLate) {
            case (true, false): month.inTime += 1
            case (true, true): month.late += 1
            case (false, false): month.waiting += 1
            case (false, true): month.overdue += 1
            }
            months[key] = month
        }
        return months.sorted { $0.key > $1.key }.map(\.value)
    }

    /// The same as a file that may leave the organisation (C-19). On record when it is given, with
    /// its hash.
    package func exportedEmergencyMonths(by agent: Agent) async throws(GatewayError) -> CSVFile {
        let profile = try membership().profile
        let head = [
            "機関", "月", "3営業日以内に確認", "遅れて確認", "確認待ち", "期限超過", "緊急例外の件数",
        ]
        let rows = try await emergencyMonths().map { month -> [String] in
            let told = SmallCells.told(month.parts)
            let name = "\(month.year)-" + Decimal.text(month.month, width: 2)
            return [profile.displayName, name] + told.parts + [told.sum]
        }
        let note = ["\(SmallCells.mark) は1から\(SmallCells.least - 1)、またはそれが分かる数です"]
        let file = CSVFile([head] + rows + [note])
        var act = facts(.auditExported, by: agent, on: .report(SHA256.hash(file.bytes)))
        act.purpose = .review
        try await record([act])
        return file
    }
}
