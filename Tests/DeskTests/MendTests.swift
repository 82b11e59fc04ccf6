import Desk
import Foundation
import JobModel
import Testing

@Suite("The command that mends it")
struct MendTests {
    @Test(
        "Every code leads to commands, and the last of them decides about the letter",
        arguments: ProblemCode.allCases
    )
    func complete(code: ProblemCode) throws {
        var letter = DeskRig.letter(try DeskRig.message(code: code))
        letter.number = 12
        let last = try #require(Mend.commands(for: letter).last)
        #expect(last.contains(/sluice dead (retry|edit|discard) 12/), "\(last)")
    }

    @Test(
        "What can be mended here is edited, what cannot is the sender's, everything else is sent again",
        arguments: [
            (ProblemCode.invalidPayload, "edit"), (.notJSON, "discard"), (.invalidTenant, "discard"),
            (.serviceUnavailable, "retry"), (.executorCrashed, "retry"),
        ]
    )
    func decision(code: ProblemCode, verb: String) throws {
        var letter = DeskRig.letter(try DeskRig.message(code: code))
        letter.number = 12
        #expect(Mend.commands(for: letter).last?.hasPrefix("sluice dead \(verb) 12") == true)
    }

    @Test("What is said of a notification speaks of no failed job, result or job data", arguments: ProblemCode.allCases)
    func notificationWords(code: ProblemCode) throws {
        let words = try #require(DeskRig.letter(try DeskRig.notification(code: code)).explanation)
        let sentences = "\(words.cause) \(words.effect)"
        if [.invalidPayload, .invalidEnvelope, .notJSON, .internalError, .invalidTenant].contains(code) {
            #expect(words.effect.contains("Nobody was told"))
            #expect(!sentences.contains("The job failed") && !sentences.contains("job's data"), "\(sentences)")
            #expect(!words.advice.contains("send the job again"), "\(words.advice)")
        }
    }

    @Test(
        "A notification is sent again once the notifier can deliver it, and never edited",
        arguments: ProblemCode.allCases
    )
    func notification(code: ProblemCode) throws {
        var letter = DeskRig.letter(try DeskRig.notification(code: code))
        letter.number = 12
        let lost: [ProblemCode] = [.bodyTooLarge, .notJSON, .invalidEnvelope, .invalidTenant, .invalidPayload]
        let last = try #require(Mend.commands(for: letter).last)
        #expect(last.hasPrefix("sluice dead \(lost.contains(code) ? "discard" : "retry") 12"), "\(last)")
    }

    @Test("A decided letter leads to what follows from that", arguments: LetterState.allCases)
    func decided(state: LetterState) throws {
        var letter = DeskRig.letter(try DeskRig.message())
        letter.state = state
        let commands = Mend.commands(for: letter)
        #expect(commands.isEmpty == (state == .resolved))
        if state == .discarded { #expect(commands.first?.contains("restore") == true) }
    }
}
