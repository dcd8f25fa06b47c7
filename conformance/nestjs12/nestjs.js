/** NestJS 12, which has its dependencies to itself: npm keeps one version of them in a folder. */
import 'reflect-metadata';
import { createRequire } from 'node:module';

export * from '@nestjs/common';
export { NestFactory } from '@nestjs/core';

const { version } = createRequire(import.meta.url)('@nestjs/core/package.json');
if (!version.startsWith('12.')) throw new Error(`NestJS 12 is not installed, this is ${version}: npm ci`);
