import Consent
import Delivery
import Directory
import Envelope
package import Primitives
package import Sheets
package import Storage

/// Who of the recipients of a sheet gets an extract (抜粋), and of what.
package struct ExtractOrder: Hashable, Sendable {
    /// A recipient that the sheet names, by member id or office number.
    package let recipient: String
    /// Members of the sheet's body; nil: all that an extract may have.
    package let keeps: [String]?

    package init(for recipient: String, keeps: [String]?) {
        self.recipient = recipient
        self.keeps = keeps
    }

    /// `2799000028:allergies,oralMedication`; without a colon, all that may be in it.
    ///
    /// - Returns: nil where no recipient is named.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard !parts[0].isEmpty else { return nil }
        recipient = String(parts[0])
        keeps = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : nil
    }

    package var text: String {
        recipient + (keeps.map { ":" + $0.joined(separator: ",") } ?? "")
    }
}

// 抜粋 (C-14): everybody to whom a sheet is sealed can read all of it. Who is to see a part gets
// that part as a sheet of its own, signed and sealed for nobody else.
extension OrganisationGateway {
    /// A sheet on its way, with whom it goes to.
    struct Letter {
        let sheet: Sheet
        let recipients: [Membership]
        let attachments: PackedAttachments
    }

    /// An extract that was sent of an own sheet.
    package struct SentExtract: Sendable {
        package let row: OutboxRow
        package let sheet: Sheet
    }

    /// What is to be sent, each sheet valid: the whole one first, then its extracts.
    func letters(of request: SendRequest) async throws(GatewayError) -> [Letter] {
        let parts = try await parts(of: request.sheet, request.extracts)
        var letters: [Letter] = []
        for (index, part) in parts.enumerated() {
            let sheet = try await validated(part)
            let addressing = Addressing(view: view)
            guard addressing.names(sheet.sender, try membership()) else { throw .notOurSheet }
            let attachments = index == 0 ? request.attachments : .none
            if let index = attachments.difference(from: sheet) {
                throw .seal(.attachmentDiffers(index: index))
            }
            letters.append(
                Letter(
                    sheet: sheet,
                    recipients: try addressing.members(of: sheet),
                    attachments: attachments
                )
            )
        }
        return letters
    }

    /// Problems and warnings of a draft as this office would send it today, with its extracts.
    package func report(
        _ sheet: [UInt8],
        with extracts: [ExtractOrder] = []
    ) async throws(GatewayError) -> SheetReport {
        var problems: [SheetProblem] = []
        var warnings: [SheetWarning] = []
        let parts: [[UInt8]]
        do throws(GatewayError) { parts = try await self.parts(of: sheet, extracts) } catch {
            switch error {
            // What keeps it from being divided is told by its sending.
            case .extractUnfit, .notARecipient, .recipientUnknown, .recipientAmbiguous:
                parts = [sheet]
            default: throw error
            }
        }
        for part in parts {
            let report = catalogue.report(DraftSheet(bytes: part), try await context(for: part))
            problems += report.problems.filter { !problems.contains($0) }
            warnings += report.warnings.filter { !warnings.contains($0) }
        }
        return SheetReport(problems: problems, warnings: warnings)
    }

    /// The sheets of a draft as their recipients would get them, the whole one first; of what is no
    /// sheet yet, what was typed alone.
    ///
    /// - Throws: `extractUnfit`, `notARecipient`, `recipientUnknown`, `recipientAmbiguous`.
    package func parts(
        of typed: [UInt8],
        _ orders: [ExtractOrder]
    ) async throws(GatewayError) -> [[UInt8]] {
        guard !orders.isEmpty, let sheet = catalogue.stored(typed), var whole = sheet.json.object,
            let rows = whole["recipients"]?.array
        else { return [typed] }
        let members = try Addressing(view: view).members(of: sheet)
        var ordered: [Int: ExtractOrder] = [:]
        for order in orders {
            guard let index = members.firstIndex(where: { $0.isCalled(order.recipient) }) else {
                throw .notARecipient
            }
            guard ordered.updateValue(order, forKey: index) == nil else { throw .extractUnfit }
        }
        let others = rows.indices.filter { ordered[$0] == nil }
        guard !others.isEmpty else { throw .extractUnfit }
        whole["recipients"] = .array(others.map { rows[$0] })
        var parts = [JSON.object(whole)]
        for (index, order) in ordered.sorted(by: { $0.key < $1.key }) {
            let earlier = try await earlier(of: sheet, to: members[index].memberID)
            let extract = catalogue.extract(
                of: parts[0],
                for: rows[index],
                keeping: order.keeps,
                as: (SheetID.make(random), earlier)
            )
            guard let extract else { throw .extractUnfit }
            parts.append(extract)
        }
        return parts.map(\.canonicalBytes)
    }

    /// The extract that one of a correction takes the place of.
    private func earlier(
        of sheet: Sheet,
        to peer: MemberID
    ) async throws(GatewayError) -> SheetID? {
        guard let corrected = sheet.supersedes else { return nil }
        return try await extracts(of: corrected, in: sheet.threadID).last {
            $0.row.copies.contains { $0.to == peer }
        }?.sheet.sheetID
    }

    /// The extracts of an own message, in the order they were made; a corrected one is left out.
    package func extracts(of message: MessageID) async throws(GatewayError) -> [SentExtract] {
        let row = try await row(of: message)
        return try await extracts(of: try await draftedSheet(row).sheetID, in: row.thread)
            .filter { $0.row.replacedBy == nil }
    }

    private func extracts(
        of whole: SheetID,
        in thread: ThreadID
    ) async throws(GatewayError) -> [SentExtract] {
        let rows = try await read { stored throws(StoreError) in try stored.outbox(thread: thread) }
        var found: [SentExtract] = []
        for row in rows {
            let sheet = try await draftedSheet(row)
            guard sheet.extract?.whole == whole else { continue }
            found.append(SentExtract(row: row, sheet: sheet))
        }
        return found
    }
}

extension OutboxRow {
    /// As a sender is told of them.
    var sentExtracts: [QueuedMessage.Extract] {
        copies.map { QueuedMessage.Extract(messageID: message, to: $0.to) }
    }
}
