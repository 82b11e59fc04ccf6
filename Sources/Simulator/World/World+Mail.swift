import Foundation

// What concerns mailboxes and needs the world's clock or chance.
extension World {
    /// Acts as the user of a mailbox.
    func perform(_ action: MailboxAction, on key: String, tenant: String) throws(SimulatorError) {
        let moment = moment
        try post.perform(
            action,
            on: key,
            tenant: tenant,
            at: moment.now,
            listsLag: moment.delays.mailListSeconds
        )
    }

    /// The user does something in the mailbox a call speaks of, with the copy it speaks of unless told otherwise.
    func userActs(_ action: MailboxAction?, _ call: Call, _ route: Route) {
        guard var action, let tenant = route.tenant, let mailbox = route.mailbox else { return }
        if action.id == nil, action.internetMessageID == nil {
            action.id = post.immutableID(MailRoute(call.method, call.path)?.message, in: mailbox.id, tenant: tenant)
        }
        do {
            try perform(action, on: mailbox.id, tenant: tenant)
        } catch {
            report(.scriptFailed, tenant: tenant, "user-acts could not be carried out: \(error.detail)")
        }
    }
}
