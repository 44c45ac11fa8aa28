package import Cryptography
import Delivery
package import Directory
package import Primitives
package import Sheets

/// What an evidence file tells of an admission, each part signed: the sheet by its sender, the
/// arrival by the recipient, the hours by the sender's entry of the directory.
///
/// Which tier of an add-on that meets is computed from these by whoever verifies, with the dated
/// rules and holidays of `Schemas/`.
package struct EvidenceAdmission: Sendable, CustomStringConvertible {
    package let sheet: Sheet
    package let deliveredAt: Timestamp
    /// nil: the office has told no hours.
    package let entry: DirectoryEntry?

    package var description: String { "EvidenceAdmission" }

    /// - Returns: nil where the file has no content or no *delivered* receipt, or holds a sheet
    ///   that the catalogue cannot read.
    /// - Throws: what `EvidenceVerifier.verify` throws: nothing is told of a file that fails.
    package static func verify(
        _ file: EvidenceFile,
        root: Certificate,
        now: Timestamp,
        _ catalogue: SheetCatalogue
    ) throws(EvidenceFault) -> EvidenceAdmission? {
        let facts = try EvidenceVerifier.verify(file, root: root, now: now)
        let trust = try EvidenceTrust(file.archive, root: root)
        guard let delivered = facts.first(where: { $0.kind == .delivered }),
            let der = file.archive["content.der"], let sheet = sheet(in: der, catalogue)
        else { return nil }
        return EvidenceAdmission(
            sheet: sheet,
            deliveredAt: delivered.at,
            entry: trust.entry
        )
    }

    private static func sheet(in der: [UInt8], _ catalogue: SheetCatalogue) -> Sheet? {
        do throws(CMSRefusal) {
            let content = try SignedData(reading: der, limit: Limits.sealedBytes).content
            do throws(DecodingRefusal) {
                let archive = try ContentArchive(reading: content, padding: Padding.sheet)
                return archive["sheet.json"].flatMap(catalogue.stored)
            } catch { return nil }
        } catch { return nil }
    }
}
