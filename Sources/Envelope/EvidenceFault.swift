import Primitives

/// What is wrong with an evidence file, and where.
package struct EvidenceFault: Explained, Equatable {
    package enum Fault: String, CaseIterable, Sendable {
        case notCanonical, listDiffers, missing, notListed, unknownFile, textDiffers, malformed
        case wrongRoot, untrusted, badSignature, wrongSigner, wrongChain, contentDiffers
        case commitmentDiffers, proofFails, promiseBroken, periodDiffers, notWitnessed
    }

    /// The name inside the archive; `archive` for the archive itself.
    package let file: String
    package let fault: Fault

    init(_ file: String, _ fault: Fault) {
        self.file = file
        self.fault = fault
    }

    package var code: String { "evidenceFails" }
    package var summary: String { "The evidence does not hold: \(file): \(fault.rawValue)." }
    package var isTemporary: Bool { false }

    package var advice: String {
        switch fault {
        case .wrongRoot: "Check that the root certificate is that of the exchange in question."
        case .promiseBroken: "Export the evidence again; if it stays so, call the operator."
        case .unknownFile: "Update this program, or have the file exported again."
        case .notCanonical, .listDiffers, .missing, .notListed, .textDiffers, .malformed,
            .untrusted, .badSignature, .wrongSigner, .wrongChain, .contentDiffers,
            .commitmentDiffers, .proofFails, .periodDiffers, .notWitnessed:
            "Do not rely on this file; have it exported again from the gateway."
        }
    }
}
