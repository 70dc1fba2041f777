// What an administrator can do with a user, in the order of the harm that it can do.
import type { Api, Permission, UserDetails } from '../api/client';
import type { Access } from '../session/useMe';
import type AppIcon from '../ui/AppIcon.vue';
import { displayName, visible } from '../ui/names';
import { connectionLabel } from '../ui/format';

export type ActionName = 'verification' | 'password' | 'sign-out' | 'mfa' | 'block' | 'unblock' | 'delete';

/** What happened. `detail` says what did not, if that is a part of it. */
export interface Outcome {
  text: string;
  detail?: string;
}

export interface Action {
  name: ActionName;
  label: string;
  icon: InstanceType<typeof AppIcon>['$props']['name'];
  permission: Permission;
  isDangerous?: boolean;
  /** The question of the dialog. */
  question: (name: string) => string;
  /** The label of the button while the request is on its way. */
  pending: string;
  /** What the action does, in a few words. */
  hint: string;
  /** What the action does, told before it is done. */
  effect: (user: UserDetails) => string;
  run: (api: Api, user: UserDetails, connection: string | undefined) => Promise<Outcome>;
  /** What may have happened if the outcome is not known, and whether it is safe to try again. */
  uncertain: string;
}

const NOT_SENT_TWICE = 'The email may have been sent. If you try again, the user may get two.';

export const ACTIONS: Action[] = [
  {
    name: 'verification',
    label: 'Send verification email',
    icon: 'mail',
    permission: 'update:users',
    question: (name) => `Send a verification email to ${name}?`,
    pending: 'Sending…',
    hint: 'An email with a link that verifies the address',
    effect: ({ email }) => `Auth0 sends an email to ${visible(email ?? 'the user')}. Its link verifies the address.`,
    run: async (api, user) => {
      await api.sendVerificationEmail(user.user_id);
      const address = visible(user.email ?? displayName(user));
      return { text: `Auth0 has accepted the verification email to ${address}. It can take a while to arrive.` };
    },
    uncertain: NOT_SENT_TWICE,
  },
  {
    name: 'password',
    label: 'Send password reset',
    icon: 'key',
    permission: 'update:users',
    question: (name) => `Send a password reset to ${name}?`,
    pending: 'Sending…',
    hint: 'An email with a link to set a new password',
    effect: () => 'Auth0 sends the user an email with a link to set a new password. Until then, the old password stays valid.',
    run: async (api, user, chosen) => {
      const { connection = '' } = await api.sendPasswordReset(user.user_id, chosen);
      const account = connection && ` for the account in ${connectionLabel(connection)}`;
      return { text: `Auth0 has accepted the password reset${account} of ${displayName(user)}. The email can take a while to arrive.` };
    },
    uncertain: NOT_SENT_TWICE,
  },
  {
    name: 'sign-out',
    label: 'Sign out everywhere',
    icon: 'sign-out',
    permission: 'update:users',
    question: (name) => `Sign out ${name}?`,
    pending: 'Signing out…',
    hint: 'Ends the sessions at Auth0, on all devices',
    effect: () =>
      'Auth0 ends the sessions of the user on all devices and revokes their refresh tokens. Access tokens stay valid until they expire, ' +
      'and applications keep their own sessions.',
    run: async (api, user) => {
      await api.signOutUser(user.user_id);
      return { text: `Auth0 has accepted the request to sign out ${displayName(user)}. It ends the sessions shortly.` };
    },
    uncertain: 'The sessions may have ended. It is safe to try again.',
  },
  {
    name: 'mfa',
    label: 'Reset MFA',
    icon: 'shield',
    permission: 'reset:mfa',
    isDangerous: true,
    question: (name) => `Reset the MFA of ${name}?`,
    pending: 'Resetting…',
    hint: 'Deletes second factors, so that new ones are enrolled',
    effect: () =>
      'This deletes the second factors of the user, who enrolls new ones at the next login. Passwords and passkeys stay. ' +
      'Make sure that it is really the user who asks for it.',
    run: async (api, user) => {
      const { authentication_methods: methods, detail } = await api.resetMfa(user.user_id);
      const factors = methods.map(({ type }) => FACTORS[type] ?? type).join(', ');
      const name = displayName(user);
      return { text: factors ? `The second factors of ${name} are deleted: ${factors}.` : `${name} had no second factors.`, detail };
    },
    uncertain: 'Some second factors may have been deleted. It is safe to try again.',
  },
  {
    name: 'block',
    label: 'Block',
    icon: 'block',
    permission: 'update:users',
    isDangerous: true,
    question: (name) => `Block ${name}?`,
    pending: 'Blocking…',
    hint: 'No login is possible, and sessions end',
    effect: () =>
      'The user can no longer log in, and Auth0 ends their sessions. Access tokens stay valid until they expire, and applications keep ' +
      'their own sessions. You can unblock the user at any time.',
    run: async (api, user) => {
      const { access_revocation: revocation, detail } = await api.blockUser(user.user_id);
      const sessions = revocation === 'accepted' ? ' Auth0 ends their sessions shortly.' : '';
      return { text: `${displayName(user)} is blocked.${sessions}`, detail };
    },
    uncertain: 'The user may be blocked. It is safe to try again.',
  },
  {
    name: 'unblock',
    label: 'Unblock',
    icon: 'unlock',
    permission: 'update:users',
    question: (name) => `Unblock ${name}?`,
    pending: 'Unblocking…',
    hint: 'Logins are possible again',
    effect: () => 'The user can log in again. This also removes blocks after too many failed logins.',
    run: async (api, user) => {
      const { detail } = await api.unblockUser(user.user_id);
      return { text: `${displayName(user)} is unblocked${detail ? '' : ' and can log in again'}.`, detail };
    },
    uncertain: 'The user may be unblocked. It is safe to try again.',
  },
  {
    name: 'delete',
    label: 'Delete user',
    icon: 'trash',
    permission: 'delete:users',
    isDangerous: true,
    question: (name) => `Delete ${name}?`,
    pending: 'Deleting…',
    hint: 'Cannot be undone',
    effect: () => 'This permanently deletes the account from Auth0. It cannot be undone.',
    run: async (api, user) => {
      await api.deleteUser(user.user_id);
      return { text: `${displayName(user)} was deleted.` };
    },
    uncertain: 'The user may already have been deleted. It is safe to try again.',
  },
];

const FACTORS: Record<string, string> = {
  totp: 'one-time password app',
  phone: 'phone',
  push: 'push notification',
  'push-notification': 'push notification',
  email: 'email code',
  'recovery-code': 'recovery code',
  'webauthn-roaming': 'security key',
  'webauthn-platform': 'device biometrics',
};

/** Actions that nobody can do to themselves or to a protected user. */
const GUARDED: ActionName[] = ['mfa', 'block', 'delete'];

/** Why an action makes no sense for a user; undefined if it does. The API decides in the end, because what is known here may be old. */
export function obstacle({ name }: Action, user: UserDetails, access: Access): string | undefined {
  const isLockedOut = user.blocked || (user.blocked_for ?? []).length > 0;
  if (GUARDED.includes(name) && access.isMe(user)) return 'You cannot do this to your own account.';
  if (GUARDED.includes(name) && access.isProtected(user)) return 'This user is protected.';
  if (name === 'block' && user.blocked) return 'The user is blocked.';
  if (name === 'unblock' && !isLockedOut) return 'The user is not blocked.';
  if (name === 'password' && databaseConnections(user).length === 0) return 'The user has no password at Auth0.';
  if (name === 'verification') {
    if (!user.email) return 'The user has no email address.';
    if (user.email_verified) return 'The address is already verified.';
    if (user.identities && user.identities[0]?.provider !== 'auth0') return 'The identity provider of the user vouches for the address.';
  }
  return undefined;
}

/** The actions that may be offered for a user, without those that make no sense. */
export function offered(user: UserDetails, access: Access): Action[] {
  return ACTIONS.filter((action) => access.may(action.permission) && !obstacle(action, user, access));
}

/** The database connections of a user. Each can have a password of its own. */
export function databaseConnections(user: UserDetails): string[] {
  const names = (user.identities ?? []).filter(({ provider }) => provider === 'auth0').map(({ connection = '' }) => connection);
  return [...new Set(names)].filter(Boolean);
}
