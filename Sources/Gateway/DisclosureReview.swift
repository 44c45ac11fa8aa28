package import Audit
package import Delivery
import Directory
package import Primitives
package import Sheets

/// What a person asks, or somebody for them (開示等の請求).
///
/// Source: 個人情報保護法 33条 to 35条; `consent.md` 10.
package struct DisclosureClaim: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Sendable {
        /// 開示, 訂正等, 利用停止等.
        case disclosure, correction, stop
    }

    package let kind: Kind
    /// Who asks in place of the person, and by what right; nil: the person.
    package let proxy: String?
    package let receivedOn: Day

    package init(_ kind: Kind, proxy: String?, receivedOn: Day) {
        self.kind = kind
        self.proxy = proxy
        self.receivedOn = receivedOn
    }

    package var description: String { "DisclosureClaim(\(kind.rawValue))" }
}

/// A claim as it stands in the access log, which alone keeps it.
package struct DisclosureRequest: Sendable, CustomStringConvertible {
    /// The place of its leaf.
    package let id: UInt64
    package let claim: DisclosureClaim
    package let recordedAt: Timestamp
    /// Who took it in; nil at the machine's console.
    package let account: AccountID?
    package let recordedBy: String

    package var description: String { "DisclosureRequest(\(id))" }
}

/// The word of a second person that a part may be given in answer to one request.
package struct DisclosureRelease: Sendable, CustomStringConvertible {
    let request: UInt64
    let message: MessageID
    package let part: HeldPart
    package let reason: String
    package let at: Timestamp
    package let by: String

    package var description: String { "DisclosureRelease" }
}

/// What is kept here of a person, as far as it is theirs to be given, and what is held back of it.
package struct DisclosureReview: Sendable, CustomStringConvertible {
    package let request: DisclosureRequest
    /// Oldest first.
    package let sheets: [DisclosureSheet]

    package var description: String { "DisclosureReview" }

    /// What the person is told of: all but what goes on the ground of a law.
    package var listed: [DisclosureSheet] { sheets.filter(\.isListed) }

    /// A reader has not opened them yet; they are in no copy before.
    package var unopened: [DisclosureSheet] { sheets.filter(\.isUnopened) }

    /// A copy is one file for so many sheets each.
    package var volumes: [ArraySlice<DisclosureSheet>] {
        let listed = listed
        return stride(from: 0, to: listed.count, by: Self.volumeSheets).map { start in
            listed[start..<min(listed.count, start + Self.volumeSheets)]
        }
    }

    /// Beside them stand a cover and the extract of the log.
    private static let volumeSheets = Limits.paperDocuments - 2

    /// What its hash stands for in the log: which parts are held back, and which were released.
    var json: JSON {
        .array(
            sheets.map { sheet in
                let parts = sheet.parts.map { part -> JSON in
                    [
                        "at": .string(part.place.description),
                        "ground": .string(part.ground.rawValue),
                        "released": .bool(!sheet.held.contains(part)),
                    ]
                }
                return ["message": .name(sheet.key.messageID), "parts": .array(parts)]
            }
        )
    }
}

/// One sheet of a person that was sent or received.
package struct DisclosureSheet: Sendable, CustomStringConvertible {
    package let key: MessageKey
    package let sheet: Sheet
    package let at: Timestamp
    /// The other organisations.
    package let peers: [MemberID]
    package let way: Way
    package let isUnopened: Bool
    /// All that is held back before somebody decides.
    package fileprivate(set) var parts: [HeldPart]
    package let releases: [DisclosureRelease]

    package enum Way: Sendable { case sent, onPaper, received }

    package var description: String { "DisclosureSheet" }

    /// What is held back still.
    package var held: [HeldPart] {
        parts.filter { part in !releases.contains { $0.part == part } }
    }

    /// Whether the person is told that there is such a sheet.
    package var isListed: Bool { !held.contains { $0.ground == .legalException } }
}

/// What is drawn for the person: the sheets of one volume, and who has looked at any of them.
package struct DisclosureCopy: Sendable, CustomStringConvertible {
    package let request: DisclosureRequest
    /// From 1.
    package let volume: Int
    package let volumes: Int
    package let sheets: [Page]
    /// Of all volumes; in the first one alone.
    package let looks: AuditAnswer?

    package struct Page: Sendable {
        package let sheet: DisclosureSheet
        /// Without what is held back; nil where that is everything.
        package let form: FilledForm?
        /// A later version is among the listed sheets.
        package let isSuperseded: Bool
    }

    package var description: String { "DisclosureCopy" }
}

extension [DisclosureSheet] {
    /// What is held back whole is so in its earlier versions too; and what answers, corrects, goes
    /// out again as, or is an extract of a sheet that nobody may know of tells of it.
    func hidingWhatTells() -> [DisclosureSheet] {
        var sheets = self
        var isChanged = true
        while isChanged {
            isChanged = false
            let hidden = Set(
                sheets.filter { $0.parts.contains(.legalException) }.map(\.sheet.sheetID)
            )
            for index in sheets.indices {
                let sheet = sheets[index].sheet
                var parts = sheets.filter { $0.sheet.supersedes == sheet.sheetID }
                    .flatMap(\.parts).filter(\.isWhole)
                let others = [
                    sheet.sheetID, sheet.inReplyTo, sheet.supersedes, sheet.extract?.whole,
                ]
                if others.compactMap(\.self).contains(where: hidden.contains) {
                    parts.append(.legalException)
                }
                isChanged = sheets[index].hold(parts) || isChanged
            }
        }
        return sheets
    }
}

extension DisclosureSheet {
    /// - Returns: whether it was not so before.
    fileprivate mutating func hold(_ more: [HeldPart]) -> Bool {
        var isNew = false
        for part in more where !parts.contains(part) {
            parts.insert(part, at: 0)
            isNew = true
        }
        return isNew
    }
}
